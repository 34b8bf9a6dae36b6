import binaryen from "binaryen";
import { expect, test } from "vitest";
import { compileProgram } from "../../../compile/index.ts";
import { instrumentProgram } from "../../instrument/instrumentProgram.ts";
import { codeWriter, MAX_INSTRUCTIONS } from "../flatten/codeWriter.ts";
import { machineOf, machineRootOf } from "./machine.ts";

test("the root alone is the machine's root", async () => {
  const sources = [
    "export function main(input: Uint8Array): Uint8Array { return input; }",
    `const table: f64[] = [1, 2, 3.5];
     export function main(input: Uint8Array): Uint8Array {
       input[0] = <u8>table[input[0] % 3]; return input;
     }`,
  ];
  for (const source of sources) {
    const wasm = await compileProgram({ source, memoryPages: 4 });
    expect(await machineRootOf(instrumentProgram(wasm))).toBe(machineOf(wasm).root);
  }
});

test("segments that overlap, cross leaves or hold nothing are the memory that they make", async () => {
  const module = binaryen.parseText(`(module (memory (export "memory") 4 4)
    (data (i32.const 30) "abcdefgh") (data (i32.const 33) "XY") (data (i32.const 96) "")
    (data (i32.const 131071) "zz") (data (i32.const 262143) "e")
    (func (export "alloc") (param i32) (result i32) (i32.const 65536))
    (func (export "run") (param i32 i32) (result i64) (i64.const 0)))`);
  const wasm = module.emitBinary();
  module.dispose();
  const machine = machineOf(wasm);
  expect(await machineRootOf(instrumentProgram(wasm))).toBe(machine.root);
  const memory = machine.initialMemory();
  const bytes = [0, 1].flatMap((leaf) => [...memory.leaf(leaf)]).slice(30, 39);
  expect(String.fromCharCode(...bytes)).toBe("abcXYfgh\0");
  expect(memory.leaf(4095)[31]).toBe("z".charCodeAt(0));
  expect(memory.leaf(4096)[0]).toBe("z".charCodeAt(0));
});

test("a machine has so many instructions, and no more", () => {
  const { emit } = codeWriter();
  for (let pc = 0; pc < MAX_INSTRUCTIONS; pc++) emit(0);
  expect(() => emit(0)).toThrow(expect.objectContaining({ code: "PROGRAM_TOO_LARGE" }));
});
