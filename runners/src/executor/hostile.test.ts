import { Outcome } from "@assay/sdk";
import { runProgram } from "@assay/sdk/program";
import { describe, expect, test } from "vitest";
import {
  echo,
  endless,
  packed,
  programOf,
  type TestProgram,
} from "../../../test/fixtures/programs.ts";
import { ampleLimits, childPids, useExecutors } from "../../test/executors.ts";
import { admitProgram } from "./program.ts";

const executor = useExecutors();
const input = new TextEncoder().encode("input");
const alloc = (body: string) => `(func (export "alloc") (param $len i32) (result i32) ${body})`;
const run = "(i64.const 0)";

/** Outcomes of the same task in several processes, and twice in each. */
async function outcomesOf(program: TestProgram, limits = ampleLimits): Promise<Outcome[]> {
  const two = executor();
  const runs = await Promise.all(
    Array.from({ length: 4 }, () => two.run({ program, input, ...limits })),
  );
  return runs.map(({ outcome }) => outcome);
}

describe("refused before any of it runs", () => {
  const module = (text: string) => new TextEncoder().encode(text);
  const without = (name: string) => {
    const { wasm } = echo;
    const renamed = wasm.slice();
    renamed.set(module(name.toUpperCase()), Buffer.from(wasm).indexOf(name));
    return renamed;
  };
  test.each([
    ["what is no WebAssembly", module("\0asm?")],
    ["nothing at all", new Uint8Array()],
    ["a module that is cut off", echo.wasm.subarray(0, -3)],
    ["a module with trailing garbage", Uint8Array.of(...echo.wasm, 1, 2, 3)],
    ["a module of 100 MB", new Uint8Array(100 << 20)],
    ["no memory", without("memory")],
    ["no alloc", without("alloc")],
    ["no run", without("run")],
  ])("%s", (_, wasm) => {
    expect(() => admitProgram("hostile", wasm, { memoryPages: 4 })).toThrow(
      expect.objectContaining({ code: "PROGRAM_REFUSED" }),
    );
  });

  test("imports", () => {
    const imports = '(import "env" "now" (func $now (result i64)))';
    expect(() => programOf("imports", { rest: imports, run: "(call $now)" })).toThrow(
      expect.objectContaining({ code: "PROGRAM_REFUSED" }),
    );
  });
});

describe("over its limits, in every process and every time", () => {
  const deeper = "(func $deeper (result i64) (i64.add (call $deeper) (i64.const 1)))";
  const locals = Array.from({ length: 2_000 }, (_, i) => `(local $l${i} i64)`).join(" ");
  const programs: TestProgram[] = [
    endless,
    programOf("loops in alloc", { run, alloc: alloc("(loop $l (br $l)) (unreachable)") }),
    programOf("loops in start", { run, rest: "(func $s (loop $l (br $l))) (start $s)" }),
    programOf("recursion", { run: "(call $deeper)", rest: deeper }),
    programOf("recursion in alloc", {
      ...{ run, rest: deeper, alloc: alloc("(i32.wrap_i64 (call $deeper))") },
    }),
    programOf("recursion in start", { run, rest: "(func $s (call $s) (call $s)) (start $s)" }),
    programOf("recursion of two", {
      rest: "(func $a (call $b) (call $b)) (func $b (call $a) (call $a))",
      run: "(call $a) (unreachable)",
    }),
    programOf("recursion with many locals", {
      rest: `(func $f (param $x i64) (result i64) ${locals}
        (local.set $l1 (i64.add (local.get $x) (local.get $l1999)))
        (i64.add (call $f (local.get $l1)) (local.get $l1)))`,
      run: "(call $f (i64.const 1))",
    }),
  ];
  test.each(programs.map((program) => [program.id, program] as const))("%s", async (_, program) => {
    const limits = { ...ampleLimits, maxSteps: 50_000_000n };
    expect(new Set(await outcomesOf(program, limits))).toEqual(new Set([Outcome.overLimit]));
  });

  test("one step below what a task takes", async () => {
    const looping = programOf("loops a little", {
      run: `(loop $l (local.set $len (i32.sub (local.get $len) (i32.const 1)))
        (br_if $l (i32.gt_s (local.get $len) (i32.const -1000)))) ${run}`,
    });
    const { fuelUsed } = runProgram({ wasm: looping.wasm, input });
    const limits = (maxSteps: bigint) => ({ ...ampleLimits, maxSteps });
    const { ok, overLimit } = Outcome;
    expect(await outcomesOf(looping, limits(fuelUsed))).toEqual([ok, ok, ok, ok]);
    const below = await outcomesOf(looping, limits(fuelUsed - 1n));
    expect(below).toEqual([overLimit, overLimit, overLimit, overLimit]);
    expect(await outcomesOf(looping, limits(0n))).toEqual(below);
  });

  test("a result of 1 GB, for which the node takes no memory", async () => {
    const giant = programOf("1 GB", {
      pages: 16_384,
      run: packed("(i32.const 0)", "(i32.const 0x40000000)"),
    });
    const before = process.memoryUsage().arrayBuffers;
    expect(new Set(await outcomesOf(giant))).toEqual(new Set([Outcome.overLimit]));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 28);
  });
});

describe("a trap, in every process and every time", () => {
  const programs: TestProgram[] = [
    programOf("unreachable", { run: "(unreachable)" }),
    programOf("division by zero", { run: "(i64.div_u (i64.const 1) (i64.const 0))" }),
    programOf("trap in alloc", { run, alloc: alloc("(unreachable)") }),
    programOf("trap in start", { run, rest: "(func $s (unreachable)) (start $s)" }),
    programOf("data outside of memory", { run, rest: '(data (i32.const 262143) "abc")' }),
    programOf("elements outside of their table", {
      ...{ run, rest: "(table 1 funcref) (func $f) (elem (i32.const 1) $f)" },
    }),
    programOf("alloc gives an address that is not aligned", {
      ...{ run, alloc: alloc("(i32.const 1025)") },
    }),
    programOf("alloc gives the end of memory", { run, alloc: alloc("(i32.const 262144)") }),
    programOf("alloc gives a negative address", { run, alloc: alloc("(i32.const -1024)") }),
    programOf("alloc gives too little", { run, alloc: alloc("(i32.const 261120)") }),
    programOf("a result that is not aligned", { run: packed("(i32.const 1)", "(i32.const 1)") }),
    programOf("a result that ends outside memory", {
      run: packed("(i32.const 261120)", "(i32.const 1025)"),
    }),
    programOf("a giant result", { run: packed("(i32.const 0)", "(i32.const -1)") }),
    programOf("a result at a negative address", {
      run: packed("(i32.const -1024)", "(i32.const 16)"),
    }),
    programOf("a result that wraps around", {
      run: packed("(i32.const -1024)", "(i32.const 2048)"),
    }),
  ];
  test.each(programs.map((program) => [program.id, program] as const))("%s", async (_, program) => {
    const two = executor();
    const tasks = Array.from({ length: 4 }, () =>
      two.run({ program, input: new Uint8Array(2_000), ...ampleLimits }),
    );
    const outcomes = (await Promise.all(tasks)).map(({ outcome }) => outcome);
    expect(outcomes).toEqual(Array(4).fill(Outcome.trap));
  });
});

test("an alloc that counts its calls gives each task the same address", async () => {
  const counting = programOf("counting alloc", {
    rest: "(global $calls (mut i32) (i32.const 0))",
    alloc: alloc(
      "(global.set $calls (i32.add (global.get $calls) (i32.const 1))) (i32.mul (global.get $calls) (i32.const 1024))",
    ),
    run: `(i32.store (i32.const 8192) (local.get $ptr)) ${packed("(i32.const 8192)", "(i32.const 4)")}`,
  });
  const one = executor({ processes: 1 });
  const runs = await Promise.all(
    Array.from({ length: 20 }, () => one.run({ program: counting, input, ...ampleLimits })),
  );
  for (const run of runs) expect(run).toMatchObject({ bytes: Uint8Array.of(0, 4, 0, 0) });
});

test("memory that grows to its limit costs fuel, and nobody else anything", async () => {
  /** Grows as far as it goes, writes to every page and gives the number of pages. */
  const growing = (i: number) =>
    programOf(`growing ${i}`, {
      maxPages: 1_024,
      run: `(local $page i32)
        (loop $grow (br_if $grow (i32.ge_s (memory.grow (i32.const 60)) (i32.const 0))))
        (loop $touch
          (i32.store8 (i32.mul (local.get $page) (i32.const 65536)) (i32.const 1))
          (local.set $page (i32.add (local.get $page) (i32.const 1)))
          (br_if $touch (i32.lt_u (local.get $page) (memory.size))))
        (i32.store (i32.const 0) (memory.size))
        ${packed("(i32.const 0)", "(i32.const 4)")}`,
    });
  const two = executor();
  const hostile = Array.from({ length: 10 }, (_, i) => {
    const program = growing(i);
    return Promise.all([1, 2].map(() => two.run({ program, input, ...ampleLimits })));
  });
  const honest = Array.from({ length: 100 }, () =>
    two.run({ program: echo, input, ...ampleLimits }),
  );
  for (const run of await Promise.all(honest)) expect(run).toMatchObject({ bytes: input });
  for (const run of (await Promise.all(hostile)).flat()) {
    expect(run).toMatchObject({ bytes: new Uint8Array(Uint32Array.of(4 + 17 * 60).buffer) });
  }
});

describe.each([1, 2])(
  "beside ten programs at once that do not end, in %s processes",
  (processes) => {
    const endlessOnes = Array.from({ length: 10 }, (_, i) =>
      programOf(`endless ${i}`, { run: `(loop $again (br $again)) (i64.const ${i})` }),
    );

    test("an honest one comes to its end, before any of them", async () => {
      const all = executor({ processes, taskLimitMs: 120_000 });
      const maxSteps = 2n ** 64n - 1n;
      let ended = 0;
      const hostile = endlessOnes.flatMap((program) =>
        [1, 2].map(() =>
          all.run({ program, input, maxResultBytes: 8, maxSteps }).finally(() => ended++),
        ),
      );
      const stopped = Promise.allSettled(hostile);
      const honest = Array.from({ length: 1_000 }, () =>
        all.run({ program: echo, input, ...ampleLimits }),
      );
      for (const run of await Promise.all(honest)) expect(run).toMatchObject({ bytes: input });
      expect(ended).toBe(0);
      await all.close();
      for (const { status } of await stopped) expect(status).toBe("rejected");
    });
  },
);

test("one that was interrupted for others comes to its outcome too", async () => {
  const one = executor({ processes: 1, taskLimitMs: 120_000 });
  const program = (i: number) =>
    programOf(`long ${i}`, { run: `(loop $again (br $again)) (i64.const ${i})` });
  await one.run({ program: echo, input, ...ampleLimits });
  const before = childPids();
  // Several times as long as an unknown program is waited for.
  const limits = { maxResultBytes: 8, maxSteps: 4_000_000_000n };
  const runs = await Promise.all(
    [1, 2].map((i) => one.run({ program: program(i), input, ...limits })),
  );
  expect(runs.map(({ outcome }) => outcome)).toEqual([Outcome.overLimit, Outcome.overLimit]);
  expect(childPids()).not.toEqual(before);
});
