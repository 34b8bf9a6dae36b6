import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import initWabt from "wabt";
import { createMachineWorld } from "../../../../test/fixtures/wast/machineWorld.ts";
import { runWast } from "../../../../test/fixtures/wast/runWast.ts";
import { instrumentModule } from "../instrument/instrumentProgram.ts";

const wabt = await initWabt();

async function scriptsOf(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith(".wast")).toSorted();
}

/** Runs a script three times: as it is, instrumented by the engine, instrumented and flattened by the machine. */
async function reportOf(folder: string, name: string) {
  const source = await readFile(join(folder, name), "utf8");
  return runWast(source, {
    ...{ wabt, transform: instrumentModule, createInstrumented: createMachineWorld },
  });
}

const OWN = join(import.meta.dirname, "../instrument/wast");

test.each(await scriptsOf(OWN))("%s ends in the machine as in the engine", async (name) => {
  const report = await reportOf(OWN, name);
  expect(report.failures).toEqual([]);
  expect(report.assertions).toBeGreaterThan(0);
});

const { WASM_TESTSUITE } = process.env;

test.skipIf(WASM_TESTSUITE === undefined)(
  "the official core test suite ends in the machine as in the engine (needs WASM_TESTSUITE, a folder of its .wast files)",
  async () => {
    const folder = WASM_TESTSUITE as string;
    const failures: string[] = [];
    const skipped = new Map<string, number>();
    let [modules, assertions] = [0, 0];
    for (const name of await scriptsOf(folder)) {
      const report = await reportOf(folder, name);
      modules += report.modules;
      assertions += report.assertions;
      failures.push(...report.failures.map((failure) => `${name}: ${failure}`));
      for (const [reason, count] of report.skipped) {
        skipped.set(reason, (skipped.get(reason) ?? 0) + count);
      }
    }
    console.log(`${modules} modules, ${assertions} assertions; not run:`, skipped);
    expect(failures).toEqual([]);
    expect(assertions).toBeGreaterThan(0);
  },
  1_800_000,
);
