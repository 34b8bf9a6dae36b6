import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Writable } from "node:stream";
import { jobDefaults } from "@assay/sdk";
import { runProgram } from "@assay/sdk/program";
import { afterEach, beforeEach, expect, test } from "vitest";
import { echo, endless, programOf } from "../../../test/fixtures/programs.ts";
import { type Started, startedThings, temporaryFolder } from "../../../worker/test/network.ts";
import { runCli } from "../cli.ts";

let started: Started;
let folder: string;
beforeEach(async () => {
  started = startedThings();
  folder = await temporaryFolder(started);
  await writeFile(join(folder, "input"), "hello");
});
afterEach(() => started.end());

async function bench(wasm: Uint8Array, ...flags: string[]) {
  await writeFile(join(folder, "program.wasm"), wasm);
  let output = "";
  const stdout = new Writable({
    write(chunk, _, done) {
      output += chunk;
      done();
    },
  });
  const operands = [join(folder, "program.wasm"), join(folder, "input")];
  const argv = ["program", "bench", ...operands, ...flags];
  return { exitCode: await runCli(argv, { env: {}, stdout }), output };
}

test("a program's fuel, time and memory are measured in the sandbox", async () => {
  const { exitCode, output } = await bench(echo.wasm, "--runs", "5", "--json");
  expect(exitCode).toBe(0);
  const fields = JSON.parse(output);
  const { fuelUsed } = runProgram({ wasm: echo.wasm, input: new TextEncoder().encode("hello") });
  expect(fields).toMatchObject({ outcome: "ok", runs: 5, fuelUsed: String(fuelUsed) });
  expect(fields).toMatchObject({ memoryBytes: 4 << 16 });
  expect(fields.defaultMaxSteps).toBe(String(jobDefaults.maxSteps));
  expect(fields.minMs).toBeGreaterThan(0);
  expect(fields.medianMs).toBeGreaterThanOrEqual(fields.minMs);
  expect(fields.maxMs).toBeGreaterThanOrEqual(fields.medianMs);
  expect(fields.stepsPerSecond).toBeGreaterThan(0);
  expect(fields.secondsAtDefault).toBeGreaterThan(0);
});

test("memory that grows counts", async () => {
  const growing = programOf("growing", {
    ...{ pages: 2, maxPages: 9 },
    run: "(drop (memory.grow (i32.const 5))) (i64.const 0)",
  });
  const { output } = await bench(growing.wasm, "--runs", "1");
  expect(output).toMatch(/^memory +458,752 bytes at most$/m);
});

test("one that comes to no result is told by its outcome", async () => {
  const { exitCode, output } = await bench(endless.wasm, "--max-steps", "100000", "--runs", "2");
  expect(exitCode).toBe(1);
  expect(output).toMatch(/^outcome +over-limit\nfuel +100,000 steps$/m);
});

test.each([
  [["--runs", "0"], "--runs 0: give a whole number from 1 on"],
  [["--runs", "10001"], "--runs 10001: give at most 10000"],
  [["--task-limit", "5"], "--task-limit 5: give a duration"],
])("%j is refused", async (flags, message) => {
  await expect(bench(echo.wasm, ...flags)).rejects.toThrow(message);
});

test("what is no program is refused before anything runs", async () => {
  await expect(bench(Uint8Array.of(1, 2, 3))).rejects.toMatchObject({
    code: expect.stringMatching(/^PROGRAM_/),
  });
});
