import { expect, test } from "vitest";
import { fuzz, mutate, pick } from "../../../../test/fixtures/fuzz.ts";
import { commandOf } from "../../../../test/fixtures/wasi.ts";
import { InvalidProgramError, inspectProgram, linkWasi, WasiLinkError } from "../index.ts";

const commands = [
  commandOf({ start: "(call $echo (i32.const 64))" }),
  commandOf({
    rest: `(table 2 funcref) (elem (i32.const 0) $leave) (type $t (func (param i64) (result f64)))
      (global (mut f32) (f32.const 1)) (data (i32.const 512) "some data")
      (func $leave (param i64) (result f64) (call $proc_exit (i32.const 0)) (unreachable))
      (func $first (drop (memory.grow (memory.size)))) (start $first)`,
    start: "(drop (call_indirect (type $t) (i64.const 0) (i32.const 0)))",
  }),
];

test("wasm: a command that is changed is linked to a valid program, or refused by a typed error", () => {
  let linked = 0;
  let refused = 0;
  return fuzz({
    make: (random) => mutate(random, pick(random, commands)),
    check: (wasm) => {
      let program: Uint8Array;
      try {
        program = linkWasi({ wasm });
      } catch (error) {
        const isTyped = error instanceof WasiLinkError || error instanceof InvalidProgramError;
        expect([error, isTyped]).toEqual([error, true]);
        refused += 1;
        return;
      }
      linked += 1;
      // It would not have come this far, had the linker not looked itself.
      expect(inspectProgram(program).byteLength).toBe(program.length);
      expect(linkWasi({ wasm })).toEqual(program);
    },
  }).then(() => {
    expect(linked).toBeGreaterThan(20);
    expect(refused).toBeGreaterThan(100);
  });
});
