import binaryen from "binaryen";
import { describe, expect, test } from "vitest";
import { handmadeProgram } from "../../../../test/fixtures/handmade.ts";
import { Outcome } from "../../index.ts";
import {
  INSTRUMENTED_EXPORT,
  instrumentProgram,
  MAX_DEPTH,
  MAX_FUEL,
  runProgram,
  STOP,
} from "../index.ts";
import { type ByteWriter, byteWriter } from "./byteWriter.ts";
import { instrumentModule } from "./instrumentProgram.ts";

/** A program from WebAssembly text: the body of its `run`, and what else it needs. */
function programOf(run: string, rest = "", memory = "1 16"): Uint8Array {
  const module = binaryen.parseText(`(module ${rest} (memory (export "memory") ${memory})
    (func (export "alloc") (param i32) (result i32) (i32.const 1024))
    (func (export "run") (param $ptr i32) (param $len i32) (result i64) ${run}))`);
  try {
    module.setFeatures(binaryen.Features.MVP | binaryen.Features.BulkMemory);
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

/** The same by hand, with the code of a function that takes an i32. */
const wide = (code: ByteWriter) => handmadeProgram(code.view());

const END = 0x0b;

/** So many times the same bytes, and those others as often. */
function repeated(count: number, bytes: number[], closing: number[] = []): ByteWriter {
  const code = byteWriter();
  for (let i = 0; i < count; i++) code.bytes(bytes);
  for (let i = 0; i < count; i++) code.bytes(closing);
  return code;
}

const input = new Uint8Array();
const maxSteps = 10_000_000n;

describe("a program that never ends is over its limit", () => {
  test.each([
    ["an empty loop", "(loop $l (br $l)) (unreachable)", ""],
    ["a loop that seems to end", "(loop $l (br_if $l (i32.const 1))) (i64.const 0)", ""],
    [
      "a loop that goes on in one arm",
      "(loop $l (if (i32.eqz (local.get 0)) (then (nop)) (else (br $l)))) (i64.const 0)",
      "",
    ],
    ["a loop by table", "(loop $l (br_table $l $l (local.get 0))) (unreachable)", ""],
    ["a loop in a loop", "(loop $a (loop $b (br_if $b (i32.const 0)) (br $a))) (unreachable)", ""],
    ["a start function", "(i64.const 0)", "(func $s (loop $l (br $l))) (start $s)"],
    ["calls that fork", "(call $f) (i64.const 0)", "(func $f (call $f) (call $f))"],
    [
      "calls that fork, none of them deep",
      "(call $f (i32.const 40)) (i64.const 0)",
      `(func $f (param i32) (if (local.get 0) (then
        (call $f (i32.sub (local.get 0) (i32.const 1))) (call $f (i32.sub (local.get 0) (i32.const 1))))))`,
    ],
  ])("%s", (_, run, rest) => {
    const wasm = programOf(run, rest);
    const first = runProgram({ wasm, input, maxSteps });
    expect(first.outcome).toBe(Outcome.overLimit);
    expect(first.fuelUsed).toBeLessThanOrEqual(maxSteps);
    expect(runProgram({ wasm, input, maxSteps })).toEqual(first);
  });
});

test("fuel ends exactly where it ends: one less is too little", () => {
  const wasm = programOf(`(local $i i32)
    (loop $l (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (memory.fill (i32.const 0) (i32.const 1) (i32.const 100))
      (br_if $l (i32.lt_u (local.get $i) (i32.const 10))))
    (i64.const 0)`);
  const { fuelUsed, outcome } = runProgram({ wasm, input, maxSteps });
  expect(outcome).toBe(Outcome.ok);
  expect(runProgram({ wasm, input, maxSteps: fuelUsed })).toMatchObject({
    outcome: Outcome.ok,
    bytes: new Uint8Array(),
    fuelUsed,
  });
  expect(runProgram({ wasm, input, maxSteps: fuelUsed - 1n }).outcome).toBe(Outcome.overLimit);
  expect(runProgram({ wasm, input, maxSteps: 2n ** 64n - 1n }).outcome).toBe(Outcome.ok);
});

describe("a call too deep is over its limit, whatever the frames, and before the engine's stack ends", () => {
  const many = (type: string, count: number) => `(local ${`${type} `.repeat(count)})`;
  test.each([
    ["itself", "(func $f (call $f) (call $f))"],
    ["each other", "(func $f (call $g) (call $g)) (func $g (call $f) (call $f))"],
    [
      "through a table",
      "(table 1 funcref) (elem (i32.const 0) $f) (type $t (func)) (func $f (call_indirect (type $t) (i32.const 0)) (nop))",
    ],
    ["with 1,000 locals", `(func $f ${many("i64", 1_000)} (call $f) (local.set 5 (i64.const 1)))`],
    [
      "with 49,990 locals",
      `(func $f ${many("i64", 49_990)} (call $f) (local.set 5 (i64.const 1)))`,
    ],
    [
      "with values that an optimizer would keep over the call",
      `(global $g (mut i32) (i32.const 0)) (func $f (local $a i32) (local.set $a (global.get $g))
        ${Array.from({ length: 4_000 }, (_, i) => `(i32.store (i32.const 0) (i32.mul (local.get $a) (i32.const ${2 * i + 3})))`).join("")}
        (call $f)
        ${Array.from({ length: 4_000 }, (_, i) => `(i32.store (i32.const 0) (i32.mul (local.get $a) (i32.const ${2 * i + 3})))`).join("")})`,
    ],
  ])("%s", (_, rest) => {
    const wasm = programOf("(call $f) (i64.const 0)", rest);
    const first = runProgram({ wasm, input });
    expect(first.outcome).toBe(Outcome.overLimit);
    expect(runProgram({ wasm, input })).toEqual(first);
  });

  test.each([3_000, 70_000])("with %i operands", (height) => {
    const code = repeated(height, [0x41, 1]); // i32.const 1
    code.bytes([0x20, 0, 0x10, 2]); // local.get 0, call 2
    for (let i = 0; i < height; i++) code.byte(0x1a); // drop
    const wasm = wide(code);
    expect(runProgram({ wasm, input }).outcome).toBe(Outcome.overLimit);
  });

  test("in optimized code as in code that is not", () => {
    const wasm = programOf(
      "(i64.const 0)",
      `(func $down (export "work") (param i32) (result i32)
        (if (result i32) (local.get 0)
          (then (i32.add (call $down (i32.sub (local.get 0) (i32.const 1))) (i32.const 1)))
          (else (i32.const 0))))`,
    );
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(instrumentProgram(wasm)));
    const fuel = exports[INSTRUMENTED_EXPORT.fuel] as WebAssembly.Global<bigint>;
    const depth = exports[INSTRUMENTED_EXPORT.depth] as WebAssembly.Global<number>;
    const stop = exports[INSTRUMENTED_EXPORT.stop] as WebAssembly.Global<number>;
    const work = exports.work as (levels: number) => number;
    const attempt = (levels: number) => {
      [fuel.value, depth.value, stop.value] = [MAX_FUEL, MAX_DEPTH, STOP.none];
      try {
        return work(levels);
      } catch {
        return stop.value === STOP.overDepth ? "over depth" : "something else";
      }
    };
    let deepest = 0;
    while (attempt(deepest + 1) === deepest + 1) deepest += 1;
    expect(deepest).toBeGreaterThan(1_000);
    // By now the function is optimized; it ends in the same place.
    for (let i = 0; i < 1_000; i++) {
      expect(attempt(deepest)).toBe(deepest);
      expect(attempt(deepest + 1)).toBe("over depth");
    }
    expect(depth.value).toBeLessThan(MAX_DEPTH);
  });
});

describe("what takes long in one instruction is paid before it", () => {
  test.each([
    ["memory.fill", "(memory.fill (i32.const 0) (i32.const 0) (i32.const -1))"],
    ["memory.copy", "(memory.copy (i32.const 0) (i32.const 0) (i32.const -1))"],
    ["memory.grow", "(drop (memory.grow (i32.const 60000)))"],
  ])("%s of 4 GB is over fuel, and a trap or nothing where there is fuel", (_, instruction) => {
    const wasm = programOf(`${instruction} (i64.const 0)`, "", "1 65536");
    expect(runProgram({ wasm, input, maxSteps }).outcome).toBe(Outcome.overLimit);
  });

  test("fuel follows the length", () => {
    const used = (length: number) =>
      runProgram({
        wasm: programOf(
          `(memory.fill (i32.const 0) (i32.const 0) (i32.const ${length})) (i64.const 0)`,
        ),
        input,
      }).fuelUsed;
    expect(used(64_000) - used(8_000)).toBe(7_000n);
  });

  test("memory that its maximum forbids is −1 and costs nothing", () => {
    const program = (pages: number) =>
      programOf(
        `(i64.store (i32.const 0) (i64.extend_i32_s (memory.grow (i32.const ${pages})))) (i64.const 8)`,
      );
    const ran = runProgram({ wasm: program(16), input });
    expect(ran).toMatchObject({ outcome: Outcome.ok, bytes: new Uint8Array(8).fill(0xff) });
    expect(runProgram({ wasm: program(1), input }).fuelUsed - ran.fuelUsed).toBe(8_192n);
  });
});

test("memory that the maximum allows and the host refuses stops the program: that is no outcome", () => {
  const module = binaryen.parseText(`(module (import "host" "memory" (memory 1 10))
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))`);
  const wasm = instrumentModule(module.emitBinary());
  module.dispose();
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 2 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm), { host: { memory } });
  const stop = exports[INSTRUMENTED_EXPORT.stop] as WebAssembly.Global<number>;
  (exports[INSTRUMENTED_EXPORT.fuel] as WebAssembly.Global<bigint>).value = MAX_FUEL;
  (exports[INSTRUMENTED_EXPORT.depth] as WebAssembly.Global<number>).value = MAX_DEPTH;
  const grow = exports.grow as (pages: number) => number;
  expect([grow(11), stop.value]).toEqual([-1, STOP.none]);
  expect(() => grow(5)).toThrow(WebAssembly.RuntimeError);
  expect(stop.value).toBe(STOP.hostMemory);
});

describe("the transformation itself", () => {
  test.each([
    ["blocks 1,000,000 deep", repeated(1_000_000, [0x02, 0x40], [END])],
    ["loops 200,000 deep", repeated(200_000, [0x03, 0x40], [END])],
    ["a branch after every instruction", repeated(400_000, [0x20, 0, 0x0d, 0])],
    ["a function as long as engines take", repeated(600_000, [0x41, 0, 0x41, 0, 0x36, 2, 0])],
  ])("takes %s", (_, code) => {
    const wasm = wide(code);
    const instrumented = instrumentProgram(wasm);
    expect(WebAssembly.validate(instrumented)).toBe(true);
    expect(instrumented.length).toBeLessThan(12 * wasm.length);
  });

  test("refuses what is too large once it is instrumented, by name", () => {
    const wasm = programOf("(i64.const 0)", `(func (local ${"i64 ".repeat(50_000)}))`);
    expect(() => instrumentProgram(wasm)).toThrow(
      expect.objectContaining({ code: "PROGRAM_TOO_LARGE" }),
    );
    expect(() => instrumentProgram(wide(repeated(1_000_000, [0x20, 0, 0x0d, 0])))).toThrow(
      expect.objectContaining({ code: "PROGRAM_TOO_LARGE" }),
    );
  });

  test("refuses a program that has one of its exports, or more state than a node sets back", () => {
    expect(() =>
      instrumentProgram(programOf("(i64.const 0)", '(func (export "assay_fuel"))')),
    ).toThrow(expect.objectContaining({ code: "PROGRAM_EXPORT" }));
    const globals = "(global (mut i32) (i32.const 0))".repeat(1_025);
    expect(() => instrumentProgram(programOf("(i64.const 0)", globals))).toThrow(
      expect.objectContaining({ code: "PROGRAM_TOO_LARGE" }),
    );
  });
});
