import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { compileProgram } from "../../compile/index.ts";
import { Outcome } from "../../index.ts";
import { runProgram } from "../index.ts";

/** The first byte of the input chooses what becomes of it. */
const source = `
  let calls = 0;
  export function main(input: Uint8Array): Uint8Array {
    calls += 1;
    switch (input[0]) {
      case 0: return new Uint8Array(input.length);
      case 1: throw new Error("no");
      case 2: while (true) calls += 1;
      case 3: return Uint8Array.wrap(input.buffer, 0, calls);
    }
    return input;
  }`;

describe("one task in this process", () => {
  let wasm: Uint8Array;
  beforeAll(async () => {
    wasm = await compileProgram({ source });
  });

  test("gives the result, and the fuel that it took", () => {
    const run = runProgram({ wasm, input: new Uint8Array(1_000) });
    expect(run).toMatchObject({ outcome: Outcome.ok, bytes: new Uint8Array(1_000) });
    expect(run.fuelUsed).toBeGreaterThan(0n);
    expect(runProgram({ wasm, input: new Uint8Array(1_000) })).toEqual(run);
    const longer = runProgram({ wasm, input: new Uint8Array(2_000) });
    expect(longer.fuelUsed - run.fuelUsed).toBeGreaterThan(100n);
    const enough = runProgram({ wasm, input: new Uint8Array(1_000), maxSteps: run.fuelUsed });
    expect(enough.outcome).toBe(Outcome.ok);
    const less = { wasm, input: new Uint8Array(1_000), maxSteps: run.fuelUsed - 1n };
    expect(runProgram(less).outcome).toBe(Outcome.overLimit);
  });

  test("a trap is an outcome", () => {
    expect(runProgram({ wasm, input: Uint8Array.of(1) }).outcome).toBe(Outcome.trap);
  });

  test("a program without an end takes all fuel", () => {
    expect(runProgram({ wasm, input: Uint8Array.of(2), maxSteps: 1_000_000n })).toMatchObject({
      outcome: Outcome.overLimit,
      fuelUsed: 1_000_000n,
    });
  });

  test("a result longer than allowed is over its limit", () => {
    const input = new Uint8Array(100);
    expect(runProgram({ wasm, input, maxResultBytes: 100 }).outcome).toBe(Outcome.ok);
    expect(runProgram({ wasm, input, maxResultBytes: 99 }).outcome).toBe(Outcome.overLimit);
  });

  test("each task starts from the initial state", () => {
    for (let i = 0; i < 3; i++) {
      expect(runProgram({ wasm, input: Uint8Array.of(3) })).toMatchObject({
        bytes: Uint8Array.of(3),
      });
    }
  });

  test("what is no program is refused", () => {
    expect(() => runProgram({ wasm: new Uint8Array(8), input: new Uint8Array() })).toThrow(
      expect.objectContaining({ code: "PROGRAM_MALFORMED" }),
    );
  });
});

test("the page's example of measuring runs", async () => {
  const page = await readFile(new URL("../../../../docs/programs.md", import.meta.url), "utf8");
  const [, example = ""] =
    /```ts\nimport \{ Outcome, runProgram \}.*\n([\s\S]*?)```/.exec(page) ?? [];
  const wasm = await compileProgram({ source });
  const lines: string[] = [];
  new Function("wasm", "input", "runProgram", "Outcome", "console", example)(
    wasm,
    new Uint8Array(10),
    runProgram,
    Outcome,
    { log: (line: string) => lines.push(line) },
  );
  expect(lines).toEqual([expect.stringMatching(/^10 bytes for \d+ fuel$/)]);
});
