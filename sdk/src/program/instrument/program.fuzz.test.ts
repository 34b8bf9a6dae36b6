import binaryen from "binaryen";
import { beforeAll, expect, test } from "vitest";
import { fuzz, mutate, pick } from "../../../../test/fixtures/fuzz.ts";
import type { Random } from "../../../../test/fixtures/random.ts";
import { InvalidProgramError } from "../errors/program.ts";
import { inspectProgram } from "../inspect/inspectProgram.ts";
import { instrumentProgram } from "./instrumentProgram.ts";

const SOURCES = [
  "",
  '(func $f (param i32) (result i32) (local i64 f64) (if (result i32) (local.get 0) (then (call $f (i32.sub (local.get 0) (i32.const 1)))) (else (i32.const 7)))) (export "f" (func $f))',
  "(func (param f32 f64) (result f64) (f64.add (f64.promote_f32 (f32.sqrt (local.get 0))) (f64.min (local.get 1) (f64.const nan))))",
  "(func (param i32) (block $a (block $b (block $c (br_table $a $b $c (local.get 0))))) (loop $l (br_if $l (i32.eqz (local.get 0)))))",
  "(table 4 8 funcref) (type $t (func (result i32))) (func $g (result i32) (i32.const 3)) (elem (i32.const 1) $g $g) (func (param i32) (result i32) (call_indirect (type $t) (local.get 0)))",
  '(global $c (mut i64) (i64.const -1)) (global i32 (i32.const 5)) (data (i32.const 16) "some data") (func (global.set $c (i64.mul (global.get $c) (i64.load offset=8 (i32.const 0)))) (drop (memory.grow (i32.const 1))))',
  "(func (memory.fill (i32.const 0) (i32.const 1) (i32.const 2)) (memory.copy (i32.const 0) (i32.const 1) (i32.const 2)))",
];

let programs: Uint8Array[];
beforeAll(() => {
  programs = SOURCES.map((source) => {
    const module = binaryen.parseText(`(module (memory (export "memory") 1 16)
      (func (export "alloc") (param i32) (result i32) (i32.const 1024))
      (func (export "run") (param i32 i32) (result i64) (i64.const 0)) ${source})`);
    try {
      module.setFeatures(binaryen.Features.MVP | binaryen.Features.BulkMemory);
      return module.emitBinary();
    } finally {
      module.dispose();
    }
  });
});

/** Where the sections of a module begin; the end is the last. */
function sectionStarts(wasm: Uint8Array): number[] {
  const starts = [8];
  for (let at = 8; at < wasm.length; ) {
    let length = 0;
    let shift = 0;
    at++;
    for (let byte = 0x80; byte >= 0x80; shift += 7) {
      byte = wasm[at++] ?? 0;
      length += (byte & 0x7f) << shift;
    }
    at += length;
    starts.push(at);
  }
  return starts;
}

/** Sections taken out, doubled, swapped, or put in from another program, whole or with bytes changed. */
function rearranged(random: Random): Uint8Array {
  const cut = (wasm: Uint8Array) => {
    const starts = sectionStarts(wasm);
    return starts.slice(1).map((end, i) => wasm.subarray(starts[i], end));
  };
  const program = pick(random, programs);
  const sections = cut(program);
  for (let times = random.below(3); times > 0; times--) {
    const at = random.below(sections.length);
    const other = pick(random, cut(pick(random, programs)));
    const inserted = pick(random, [other, mutate(random, other), sections[at] ?? other]);
    sections.splice(at, random.below(2), ...(random.below(4) === 0 ? [] : [inserted]));
  }
  const custom = Uint8Array.of(0, 4, 2, 0x68, 0x69, random.below(256));
  if (random.below(4) === 0) sections.splice(random.below(sections.length + 1), 0, custom);
  return Uint8Array.from(Buffer.concat([program.subarray(0, 8), ...sections]));
}

const isProgram = (wasm: Uint8Array): boolean => {
  const exports = WebAssembly.Module.exports(new WebAssembly.Module(new Uint8Array(wasm)));
  const kinds = new Map(exports.map(({ name, kind }) => [name, kind]));
  return (
    kinds.get("memory") === "memory" &&
    kinds.get("alloc") === "function" &&
    kinds.get("run") === "function"
  );
};

test("wasm: what is taken the engine takes too, before and after it is instrumented", () => {
  let taken = 0;
  return fuzz({
    make: (random) =>
      random.below(2) === 0 ? mutate(random, pick(random, programs)) : rearranged(random),
    check: (wasm) => {
      const isValid = WebAssembly.validate(new Uint8Array(wasm));
      let instrumented: Uint8Array;
      try {
        inspectProgram(wasm);
        instrumented = instrumentProgram(wasm);
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidProgramError);
        // What is valid may be no program, but nobody is told that it is malformed.
        if (isValid) expect((error as InvalidProgramError).code).not.toBe("PROGRAM_MALFORMED");
        return;
      }
      taken++;
      expect(isValid && isProgram(wasm)).toBe(true);
      expect(WebAssembly.Module.imports(new WebAssembly.Module(new Uint8Array(wasm)))).toEqual([]);
      expect(WebAssembly.validate(new Uint8Array(instrumented)) && isProgram(instrumented)).toBe(
        true,
      );
      expect(instrumentProgram(wasm)).toEqual(instrumented);
    },
  }).then(() => expect(taken).toBeGreaterThan(100));
});
