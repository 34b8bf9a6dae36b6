import { setTimeout } from "node:timers/promises";
import { loadProgram } from "@assay/sdk/program";
import { expect, onTestFailed, test } from "vitest";
import { packed, programOf, type TestProgram } from "../../test/fixtures/programs.ts";
import { seededRandom } from "../../test/fixtures/random.ts";
import type { RunInput, Runner, RunResult } from "../src/runner/runner.ts";

/** Does what the first byte of its input says; counts in memory and a global, which the next task must not see. */
export const manifold = programOf("manifold", {
  ...{ pages: 2, maxPages: 6 },
  rest: "(global $count (mut i32) (i32.const 0))",
  run: `(local $what i32)
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (i32.store (i32.const 8) (i32.add (i32.load (i32.const 8)) (i32.const 1)))
    (if (i32.eqz (local.get $len)) (then (return ${packed("(local.get $ptr)", "(i32.const 0)")})))
    (local.set $what (i32.load8_u (local.get $ptr)))
    (if (i32.eq (local.get $what) (i32.const 1)) (then (unreachable)))
    (if (i32.eq (local.get $what) (i32.const 2)) (then (loop $again (br $again))))
    (if (i32.eq (local.get $what) (i32.const 3)) (then (return ${packed("(local.get $ptr)", "(i32.const 0)")})))
    (if (i32.eq (local.get $what) (i32.const 4)) (then (return ${packed("(i32.const 0)", "(i32.const 5000)")})))
    (if (i32.eq (local.get $what) (i32.const 5)) (then (drop (memory.grow (i32.const 2)))))
    (i32.store8 (local.get $ptr) (i32.add (i32.load (i32.const 8)) (global.get $count)))
    ${packed("(local.get $ptr)", "(local.get $len)")}`,
});

/** Limits under which every kind of outcome is met. */
export const limits = { maxSteps: 100_000n, maxResultBytes: 4_096 };

/** Inputs of all kinds, the same for the same seed. */
export function inputsOf(count: number, seed?: number): Uint8Array[] {
  const { below, bytes } = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const input = bytes(below(10) === 0 ? 0 : 1 + below(below(20) === 0 ? 6_000 : 40));
    if (input.length > 0) input[0] = below(8);
    return input;
  });
}

/** A program and what its tasks may take. */
export interface Workload {
  program: Pick<TestProgram, "wasm">;
  limits: typeof limits;
}

/** What the SDK says of each input, in this process. */
export function expected(
  inputs: readonly Uint8Array[],
  { program: { wasm }, limits: given }: Workload = { program: manifold, limits },
): RunResult[] {
  const program = loadProgram(wasm);
  return inputs.map((input, position) => {
    const { fuelUsed: _, memoryBytes: __, ...end } = program.run({ input, ...given });
    return { position, ...end };
  });
}

/** All results, by position. */
export async function collect(results: AsyncIterable<RunResult>): Promise<RunResult[]> {
  const all: RunResult[] = [];
  for await (const result of results) all.push(result);
  return all.toSorted((a, b) => a.position - b.position);
}

/**
 * What every runner has to do, whatever it is made of. `everywhere.test.ts` gives ten times as many tasks to each.
 * @param start - makes one; the tests of the file share it.
 */
export function testRunner(start: () => Runner): void {
  const run = (inputs: Iterable<RunInput> | AsyncIterable<RunInput>, signal?: AbortSignal) =>
    start().run({ program: manifold.wasm, inputs, limits, signal });

  test.each([0, 1, 1_000])("%i tasks end as the SDK says", async (count) => {
    const { seed } = seededRandom();
    onTestFailed(() => console.error(`SEED=${seed}`));
    const inputs = inputsOf(count, seed);
    expect(await collect(run(inputs))).toEqual(expected(inputs));
  });

  test("a program that no node would run is refused before an input is read", async () => {
    let isRead = false;
    function* inputs() {
      isRead = true;
      yield new Uint8Array();
    }
    const refused = start().run({ program: new Uint8Array(8), inputs: inputs() });
    await expect(collect(refused)).rejects.toMatchObject({ code: "PROGRAM_MALFORMED" });
    expect(isRead).toBe(false);
  });

  test("inputs that fail end the run, after the results of those before", async () => {
    async function* inputs() {
      yield Uint8Array.of(0, 1);
      yield Uint8Array.of(0, 2);
      throw new Error("dry");
    }
    const seen: number[] = [];
    const reading = (async () => {
      for await (const { position } of run(inputs())) seen.push(position);
    })();
    await expect(reading).rejects.toThrow("dry");
    expect(seen.toSorted()).toEqual([0, 1]);
  });

  test("an abort ends a run whose inputs wait, with the signal's reason", async () => {
    const controller = new AbortController();
    async function* inputs() {
      yield Uint8Array.of(0, 1);
      await new Promise(() => {});
    }
    const reading = (async () => {
      for await (const _ of run(inputs(), controller.signal)) controller.abort(new Error("enough"));
    })();
    await expect(reading).rejects.toThrow("enough");
    await expect(collect(run([], AbortSignal.abort(new Error("before"))))).rejects.toThrow(
      "before",
    );
  });

  test("what is no input is named", async () => {
    const wrong = ["text"] as unknown as Uint8Array[];
    await expect(collect(run(wrong))).rejects.toMatchObject({ code: "INPUT_INVALID", position: 0 });
    const large = new Uint8Array(7 * 65_536);
    await expect(collect(run([large]))).rejects.toMatchObject({ code: "CONTENT_TOO_LARGE" });
  });
}

/** What those have to do that run one task after the other as they are read. */
export function testStreaming(start: () => Runner): void {
  test("inputs are read no further ahead than there is room, and their stream is closed", async () => {
    let read = 0;
    let isClosed = false;
    async function* endless() {
      try {
        for (;;) {
          read++;
          yield Uint8Array.of(0, read % 256);
        }
      } finally {
        isClosed = true;
      }
    }
    let seen = 0;
    const progress: { read: number; done: number }[] = [];
    const results = start().run({
      ...{ program: manifold.wasm, inputs: endless(), limits },
      onProgress: (told) => progress.push(told),
    });
    for await (const _ of results) if (++seen === 1_000) break;
    expect(read).toBeLessThan(1_000 + 4_096);
    expect(isClosed).toBe(true);
    expect(progress.every(({ read, done }) => done <= read)).toBe(true);
    const last = progress.at(-1);
    expect(last?.done).toBeGreaterThanOrEqual(1_000);
    expect(last?.read).toBeLessThanOrEqual(read);
  });

  test("an abort ends tasks that would not", async () => {
    const controller = new AbortController();
    async function* inputs() {
      for (let i = 0; i < 50; i++) yield Uint8Array.of(2);
      // So that some of them run by then; the end is the same if none does.
      await setTimeout(300);
      controller.abort(new Error("enough"));
    }
    const endless = { maxSteps: 10n ** 15n, maxResultBytes: 10 };
    const { signal } = controller;
    const ended = collect(
      start().run({ program: manifold.wasm, inputs: inputs(), limits: endless, signal }),
    );
    await expect(ended).rejects.toThrow("enough");
    // It can be used again.
    const inputs2 = inputsOf(20);
    const again = start().run({ program: manifold.wasm, inputs: inputs2, limits });
    expect(await collect(again)).toEqual(expected(inputs2));
  });
}
