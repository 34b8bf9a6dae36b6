import binaryen from "binaryen";
import { describe, expect, test } from "vitest";
import { Outcome, runProgram } from "../../index.ts";

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

const input = new Uint8Array();
const maxSteps = 10_000_000n;

describe("a program that never ends is over its limit", () => {
  test.each([
    ["an empty loop", "(loop $l (br $l)) (unreachable)", ""],
    ["a loop that seems to end", "(loop $l (br_if $l (i32.const 1))) (i64.const 0)", ""],
    ["a loop in a loop", "(loop $a (loop $b (br_if $b (i32.const 0)) (br $a))) (unreachable)", ""],
    ["calls that fork", "(call $f) (i64.const 0)", "(func $f (call $f) (call $f) (call $f))"],
  ])("%s", (_, run, rest) => {
    const wasm = programOf(run, rest);
    const first = runProgram({ wasm, input, maxSteps });
    expect(first.outcome).toBe(Outcome.overLimit);
    expect(runProgram({ wasm, input, maxSteps })).toEqual(first);
  });
});
