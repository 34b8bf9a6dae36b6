import { inspectProgram } from "@assay/sdk/program";
import { expect, test } from "vitest";
import createWabt from "wabt";
import { PROGRAM_FEATURES } from "./capabilities.ts";

/** What each feature allows: the body of a function that has it. */
const BODIES: Record<string, string> = {
  "mutable-globals": "(global.set $count (i32.const 1))",
  "sign-ext": "(drop (i32.extend8_s (i32.const 1)))",
  "nontrapping-fptoint": "(drop (i32.trunc_sat_f32_s (f32.const 1)))",
  multivalue: "(drop (drop (block (result i32 i32) (i32.const 1) (i32.const 2))))",
  "bulk-memory": "(memory.fill (i32.const 0) (i32.const 0) (i32.const 1))",
  simd: "(drop (v128.const i32x4 1 2 3 4))",
  "tail-call": "(return_call $run2)",
};

async function program(body: string): Promise<Uint8Array> {
  const text = `(module
    (memory (export "memory") 1 1)
    (global $count (export "count") (mut i32) (i32.const 0))
    (func $run2)
    (func (export "alloc") (param i32) (result i32) (i32.const 0))
    (func (export "run") (param i32 i32) (result i64) ${body} (i64.const 0)))`;
  const wabt = await createWabt();
  const module = wabt.parseWat("program.wat", text, {
    simd: true,
    tail_call: true,
    exceptions: true,
  });
  return new Uint8Array(module.toBinary({}).buffer);
}

test.each(Object.entries(BODIES))(
  "%s is a feature of programs as it is said",
  async (name, body) => {
    const wasm = await program(body);
    const inspect = () => inspectProgram(wasm);
    if (PROGRAM_FEATURES.includes(name)) expect(inspect()).toHaveProperty("memory");
    else expect(inspect).toThrow();
  },
);

test("every feature that is named is tried", () => {
  expect(Object.keys(BODIES)).toEqual(expect.arrayContaining(PROGRAM_FEATURES));
});
