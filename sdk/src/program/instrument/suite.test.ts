import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import initWabt from "wabt";
import { runWast } from "../../../../test/fixtures/wast/runWast.ts";
import { instrumentModule } from "./instrumentProgram.ts";

const wabt = await initWabt();

async function scriptsOf(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith(".wast")).toSorted();
}

const OWN = join(import.meta.dirname, "wast");

test.each(await scriptsOf(OWN))("%s behaves as before", async (name) => {
  const source = await readFile(join(OWN, name), "utf8");
  const report = runWast(source, { wabt, transform: instrumentModule });
  expect(report.failures).toEqual([]);
  expect(report.skipped).toEqual(new Map());
  expect(report.assertions).toBeGreaterThan(0);
});

/**
 * Calls of functions that a module left in another's table before its own instantiation failed: nobody can set that
 * module's fuel, as nobody has its exports. A program has no imports, so this cannot happen to one.
 */
const LEFT_BEHIND = /^linking.wast: .*\(invoke \$Mt "call" \(i32.const 7\)\)$/;

const { WASM_TESTSUITE } = process.env;

test.skipIf(WASM_TESTSUITE === undefined)(
  "the official core test suite behaves as before (needs WASM_TESTSUITE, a folder of its .wast files)",
  async () => {
    const folder = WASM_TESTSUITE as string;
    const failures: string[] = [];
    const skipped = new Map<string, number>();
    let modules = 0;
    let assertions = 0;
    for (const name of await scriptsOf(folder)) {
      const source = await readFile(join(folder, name), "utf8");
      const report = runWast(source, { wabt, transform: instrumentModule });
      modules += report.modules;
      assertions += report.assertions;
      failures.push(
        ...report.failures
          .map((failure) => `${name}: ${failure}`)
          .filter((f) => !LEFT_BEHIND.test(f)),
      );
      for (const [reason, count] of report.skipped) {
        skipped.set(reason, (skipped.get(reason) ?? 0) + count);
      }
    }
    console.log(`${modules} modules, ${assertions} assertions; not run:`, skipped);
    expect(failures).toEqual([]);
    expect(assertions).toBeGreaterThan(0);
  },
  600_000,
);
