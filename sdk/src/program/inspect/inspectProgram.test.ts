import binaryen from "binaryen";
import { describe, expect, onTestFailed, test } from "vitest";
import { seededRandom } from "../../../../test/fixtures/random.ts";
import { AssayError, InvalidProgramError } from "../../index.ts";
import { inspectProgram, MAX_PROGRAM_BYTES } from "../index.ts";

const MEMORY = '(memory (export "memory") 2 16)';
const ALLOC = '(func (export "alloc") (param i32) (result i32) (i32.const 1024))';
const RUN = '(func (export "run") (param i32 i32) (result i64) (i64.const 0))';

function assemble(...parts: string[]): Uint8Array {
  const module = binaryen.parseText(`(module ${parts.join(" ")})`);
  try {
    module.setFeatures(binaryen.Features.All);
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

const good = assemble(MEMORY, ALLOC, RUN);

describe("a program", () => {
  test("is told by its memory and size", () => {
    expect(inspectProgram(good)).toEqual({
      memory: { minPages: 2, maxPages: 16 },
      byteLength: good.length,
    });
  });

  test("may use everything that nodes run", () => {
    const everything = `(table 4 4 funcref) (elem (i32.const 0) $f) (global $g (mut i32) (i32.const 5))
      (data $d "abc") (start $init) (func $init (global.set $g (i32.const 7)))
      (type $binary (func (param i32 i32) (result i64)))
      (func $f (export "extra") (param $a i32) (param $b i32) (result i64) (local $x f64) (local $y f32)
        (memory.init $d (i32.const 0) (i32.const 0) (i32.const 3)) (data.drop $d)
        (memory.copy (i32.const 10) (i32.const 0) (i32.const 3))
        (memory.fill (i32.const 20) (i32.const 1) (i32.const 300))
        (drop (memory.grow (i32.const 1)))
        (local.set $x (f64.const -0.1)) (local.set $y (f32.const 1e30))
        (block $out (loop $again (br_if $out (local.get $a))
          (block $one (block $two (br_table $one $two $out (local.get $b)))) (br $again)))
        (if (local.get $a) (then (nop)) (else (unreachable)))
        (i64.store offset=70000 (i32.const 8) (i64.const -9223372036854775808))
        (drop (call_indirect (type $binary) (local.get $a) (local.get $b) (i32.const 0)))
        (i64.add (i64.extend8_s (i64.const 200))
          (i64.extend_i32_s (i32.add (i32.trunc_sat_f64_u (local.get $x))
            (select (local.get $a) (memory.size) (i32.load8_s (local.get $b)))))))`;
    expect(inspectProgram(assemble(MEMORY, ALLOC, RUN, everything)).memory.maxPages).toBe(16);
  });

  test("may carry custom sections", () => {
    const name = [4, 0x6e, 0x61, 0x6d, 0x65];
    const bytes = new Uint8Array([...good, 0, 9, ...name, 0xff, 0xff, 0xff, 0xff]);
    expect(inspectProgram(bytes).byteLength).toBe(bytes.length);
  });
});

describe("what is no program is refused", () => {
  test.each([
    ["PROGRAM_EXPORT", "no memory export", ["(memory 1 1)", ALLOC, RUN]],
    ["PROGRAM_EXPORT", "no alloc", [MEMORY, RUN]],
    ["PROGRAM_EXPORT", "no run", [MEMORY, ALLOC]],
    [
      "PROGRAM_EXPORT",
      "a global as run",
      [MEMORY, ALLOC, '(global (export "run") i32 (i32.const 0))'],
    ],
    [
      "PROGRAM_EXPORT",
      "run of another type",
      [MEMORY, ALLOC, '(func (export "run") (param i32) (result i64) (i64.const 0))'],
    ],
    [
      "PROGRAM_EXPORT",
      "alloc of another type",
      [MEMORY, '(func (export "alloc") (param i32) (result i64) (i64.const 0))', RUN],
    ],
    ["PROGRAM_EXPORT", "an empty module", []],
    [
      "PROGRAM_HAS_IMPORTS",
      "an imported function",
      ['(import "env" "now" (func (result f64)))', MEMORY, ALLOC, RUN],
    ],
    [
      "PROGRAM_HAS_IMPORTS",
      "an imported memory",
      ['(import "env" "memory" (memory 1 1)) (export "memory" (memory 0))', ALLOC, RUN],
    ],
    ["PROGRAM_MEMORY", "no maximum", ['(memory (export "memory") 1)', ALLOC, RUN]],
    ["PROGRAM_MEMORY", "a shared memory", ['(memory (export "memory") 1 2 shared)', ALLOC, RUN]],
    ["PROGRAM_MEMORY", "two memories", [MEMORY, "(memory $other 1 1)", ALLOC, RUN]],
    ["PROGRAM_MEMORY", "a huge table", [MEMORY, "(table 65537 funcref)", ALLOC, RUN]],
    ["PROGRAM_FEATURE", "SIMD", [MEMORY, ALLOC, RUN, "(func (drop (v128.const i32x4 1 2 3 4)))"]],
    [
      "PROGRAM_FEATURE",
      "relaxed SIMD",
      [
        MEMORY,
        ALLOC,
        RUN,
        "(func (param v128) (result v128) (i32x4.relaxed_trunc_f32x4_s (local.get 0)))",
      ],
    ],
    ["PROGRAM_FEATURE", "a SIMD local", [MEMORY, ALLOC, RUN, "(func (local v128))"]],
    ["PROGRAM_FEATURE", "atomics", [MEMORY, ALLOC, RUN, "(func (atomic.fence))"]],
    ["PROGRAM_FEATURE", "tail calls", [MEMORY, ALLOC, RUN, "(func $f (return_call $f))"]],
    ["PROGRAM_FEATURE", "exceptions", [MEMORY, ALLOC, RUN, "(tag $e) (func (throw $e))"]],
    ["PROGRAM_FEATURE", "references", [MEMORY, ALLOC, RUN, "(func (drop (ref.null func)))"]],
    [
      "PROGRAM_FEATURE",
      "growing tables",
      [
        MEMORY,
        ALLOC,
        RUN,
        "(table $t 1 funcref) (elem $e func) (func (table.init $t $e (i32.const 0) (i32.const 0) (i32.const 0)))",
      ],
    ],
  ])("%s: %s", (code, _, parts) => {
    const wasm = assemble(...parts);
    expect(() => inspectProgram(wasm)).toThrow(expect.objectContaining({ code }));
    expect(() => inspectProgram(wasm)).toThrow(InvalidProgramError);
  });

  test("the message says what is wrong and what to do", () => {
    const wasm = assemble('(import "env" "now" (func (result f64)))', MEMORY, ALLOC, RUN);
    expect(() => inspectProgram(wasm)).toThrow("it imports env.now");
    const other = assemble(MEMORY, ALLOC, '(func (export "run") (param i32) (nop))');
    expect(() => inspectProgram(other)).toThrow(
      "its `run` is (i32) -> (). Make it (i32, i32) -> (i64).",
    );
  });

  test.each([
    ["no bytes", new Uint8Array()],
    ["text", new TextEncoder().encode("(module)")],
    ["a cut module", good.subarray(0, good.length - 3)],
    ["trailing bytes", new Uint8Array([...good, 1])],
    ["another version", good.with(4, 2)],
  ])("PROGRAM_MALFORMED: %s", (_, bytes) => {
    expect(() => inspectProgram(bytes)).toThrow(
      expect.objectContaining({ code: "PROGRAM_MALFORMED" }),
    );
  });

  test("PROGRAM_TOO_LARGE: one byte more than a program may have", () => {
    expect(() => inspectProgram(new Uint8Array(MAX_PROGRAM_BYTES + 1))).toThrow(
      expect.objectContaining({ code: "PROGRAM_TOO_LARGE" }),
    );
  });

  test("flipped bits give a program or a typed error, and never anything else", () => {
    const random = seededRandom();
    onTestFailed(() => console.error(`SEED=${random.seed}`));
    for (let i = 0; i < 20_000; i++) {
      const bytes = good.slice();
      for (let flips = random.below(3); flips >= 0; flips--) {
        bytes[random.below(bytes.length)] = random.below(256);
      }
      try {
        inspectProgram(bytes);
      } catch (error) {
        if (!(error instanceof AssayError)) throw error;
      }
    }
  });
});
