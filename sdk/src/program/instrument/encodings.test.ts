import { describe, expect, test } from "vitest";
import { handmadeProgram } from "../../../../test/fixtures/handmade.ts";
import { Outcome } from "../../index.ts";
import { inspectProgram, instrumentProgram, runProgram } from "../index.ts";

// The engine takes more encodings than compilers write. What the reader takes for another instruction, or for one that is
// longer or shorter, would hide what stands behind it: a loop that is not paid for, or instructions that nodes do not run.

const input = new Uint8Array();
const handmade = (...code: number[]) => handmadeProgram(Uint8Array.from(code));

describe("an encoding that would hide instructions is refused", () => {
  test.each([
    // A reader that takes 0 for the offset takes the offset for `i32.const`, and the branch back for its number.
    ["a load that names its memory", [0x03, 0x40, 0x41, 0, 0x28, 0x40, 0, 0x41, 0x0d, 0, 0x0b]],
    ["a load that names its memory at length", [0x41, 0, 0x28, 0xc2, 0, 0, 0, 0x1a]],
    ["a store that names its memory", [0x41, 0, 0x41, 0, 0x36, 0x42, 0, 0]],
    ["a block that gives a reference", [0x02, 0x70, 0x00, 0x0b, 0x1a]],
    ["a block that gives a reference of two bytes", [0x02, 0x63, 0x70, 0x00, 0x0b, 0x1a]],
    ["a block that gives a reference to a type", [0x02, 0x63, 0x00, 0x00, 0x0b, 0x1a]],
    ["a loop that gives a vector", [0x03, 0x7b, 0x00, 0x0b, 0x1a]],
    ["a block of no type in two bytes", [0x02, 0xc0, 0x7f, 0x0b]],
  ])("%s", (_, code) => {
    const wasm = handmade(...code);
    expect(WebAssembly.validate(wasm)).toBe(true);
    for (const read of [inspectProgram, instrumentProgram]) {
      expect(() => read(wasm)).toThrow(expect.objectContaining({ code: "PROGRAM_FEATURE" }));
    }
  });
});

describe("numbers longer than they need be are read to their end", () => {
  const grow = (...memory: number[]) => handmade(0x41, 0, 0x40, ...memory, 0x1a);
  test.each([
    ["memory.grow", grow(0), grow(0x80, 0)],
    ["memory.grow, longer still", grow(0), grow(0x80, 0x80, 0)],
    ["memory.size", handmade(0x3f, 0, 0x1a), handmade(0x3f, 0x80, 0, 0x1a)],
    [
      "memory.fill",
      handmade(0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 0x0b, 0),
      handmade(0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 0x8b, 0, 0x80, 0),
    ],
    [
      "an alignment",
      handmade(0x41, 0, 0x28, 2, 0, 0x1a),
      handmade(0x41, 0, 0x28, 0x82, 0, 0x80, 0, 0x1a),
    ],
    [
      "a block's type",
      handmade(0x41, 0, 0x02, 2, 0x1a, 0x0b),
      handmade(0x41, 0, 0x02, 0x82, 0, 0x1a, 0x0b),
    ],
  ])("%s", (_, plain, padded) => {
    const run = runProgram({ wasm: padded, input });
    expect(run).toEqual(runProgram({ wasm: plain, input }));
    expect(run.outcome).toBe(Outcome.ok);
  });
});

test("a byte order mark belongs to an export's name", () => {
  const wasm = handmadeProgram(new Uint8Array(), "\uFEFFrun");
  expect(() => inspectProgram(wasm)).toThrow(expect.objectContaining({ code: "PROGRAM_EXPORT" }));
});
