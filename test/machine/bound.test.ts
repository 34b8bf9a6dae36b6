import { expect, test } from "vitest";
import { runProgram } from "../../sdk/src/program/index.ts";
import { endOf, machineOf, machineTask } from "../../sdk/src/program/machine/index.ts";
import { cidOf } from "../../sdk/src/protocol/cid/cidOf.ts";
import { assembleProgram, programText } from "../fixtures/machine/programText.ts";

const INPUT = Uint8Array.of(1, 2, 3);
/** Rounds of the loop that holds what is measured. */
const ROUNDS = 60;
const COPIES = 40;
const MAX_STEPS = 1_000_000n;
/** Steps of the host in such a task. */
const HOST_STEPS = 10;

const times = (count: number, text: string) => text.repeat(count);
/** Carried out many times, in a loop. */
const often = (code: string) =>
  `(local.set 2 (i32.const ${ROUNDS})) (loop ${times(COPIES, code)} (local.set 2 (i32.sub (local.get 2) (i32.const 1))) (br_if 0 (local.get 2))) (i64.const 0)`;
const result = (count: number) => `(result ${times(count, "i32 ")})`;
const values = (count: number) => times(count, "(local.get 1)");

/** Code that gives as many steps for its fuel as any that we could think of. */
const programs: Record<string, { run: string; more?: string }> = {
  "empty loops": { run: often("(block (loop (br_if 0 (i32.const 0))))") },
  "segments of one instruction": { run: often("(block (br_if 0 (i32.const 0)))") },
  "NaNs that are made canonical, in segments of their own": {
    run: often(
      "(block (local.get 0) (drop (i32.reinterpret_f32 (local.get 4))) (br_if 0 (i32.const 0)) (drop (i64.reinterpret_f64 (local.get 5))) (br_if 0 (i32.const 0)) (drop))",
    ),
  },
  "stores of NaNs": { run: often("(f64.store (i32.const 8) (local.get 5))") },
  "calls of nothing": { more: "(func $f)", run: often("(call $f)") },
  "calls of something with locals that fuel does not count": {
    more: "(func $f (local i32 i32 i32 i32 i32 i32 i32) (drop (i32.reinterpret_f32 (f32.const 1))) (loop (drop (i64.reinterpret_f64 (f64.add (f64.const 1) (f64.const 2)))) (drop (i32.reinterpret_f32 (f32.add (f32.const 1) (f32.const 2))))))",
    run: often("(call $f)"),
  },
  "calls that return": { more: "(func $g) (func $f (call $g) (return))", run: often("(call $f)") },
  "calls with many results": {
    more: `(func $f ${result(30)} ${times(30, "(i32.const 1)")}) (func $g ${result(30)} (call $f) (call $f) (return))`,
    run: often(`(call $g) ${times(30, "(drop)")}`),
  },
  "one call after another with many results": {
    more: `(type $many (func ${result(900)})) (func $f (type $many) (block (type $many) ${times(900, "(i32.const 1)")}))
      (func $g (type $many) (i32.const 3) (call $f) (br_if 0 (i32.const 0)) (br_if 0 (i32.const 0)) (return))`,
    run: `(call $g) ${times(900, "(drop)")} (i64.const 0)`,
  },
  "branches that carry many values": {
    run: `${times(20, `(block ${result(60)} (local.get 0) ${values(60)} ${times(30, "(br_if 0 (local.get 0))")} (br 0)) ${times(60, "(drop)")}`)} (i64.const 0)`,
  },
  "tables of branches that carry many values": {
    run: `${times(
      20,
      `(block ${result(60)} (local.get 0) ${values(60)} (local.get 1) (br_table 0 0 0)) ${times(60, "(drop)")}`,
    )}(i64.const 0)`,
  },
  "loops that carry many values": {
    more: `(type $many (func (param ${times(60, "i32 ")}) ${result(60)}))`,
    run: `(local.set 2 (i32.const ${10 * ROUNDS})) ${values(60)} (loop (type $many) (local.get 2)
      (br_if 0 (local.tee 2 (i32.sub (local.get 2) (i32.const 1))))
      (drop)) ${times(60, "(drop)")} (i64.const 0)`,
  },
  "many results that are handed up": {
    more: `(type $many (func (param i32) ${result(60)})) (func $f (type $many) (if (type $none) (local.get 0)
      (then (return (call $f (i32.sub (local.get 0) (i32.const 1)))))) ${times(60, "(i32.const 1)")}) (type $none (func))`,
    run: `(call $f (i32.const 200)) ${times(60, "(drop)")} (i64.const 0)`,
  },
  "fills of seven bytes over a border": {
    run: often("(memory.fill (i32.const 28) (i32.const 1) (i32.const 7))"),
  },
  "copies that are never aligned": {
    run: often(
      "(memory.copy (i32.const 3) (i32.const 2052) (i32.const 1023)) (memory.copy (i32.const 2052) (i32.const 3) (i32.const 7))",
    ),
  },
  "segments that are dropped": {
    more: '(data $one "abcdefghijk") (data $two "x")',
    run: often(
      "(memory.init $one (i32.const 29) (i32.const 1) (i32.const 7)) (data.drop $two) (memory.init $two (i32.const 0) (i32.const 0) (i32.const 0))",
    ),
  },
  "arms of one instruction": {
    run: often(
      "(if (local.get 1) (then (nop)) (else (nop))) (if (i32.const 0) (then) (else (br 0)))",
    ),
  },
};

test.each(Object.entries(programs))(
  "%s take no more steps than their fuel allows",
  (name, { run, more = "" }) => {
    const wasm = assembleProgram(programText({ more, run, locals: "(local i32 i64 f32 f64)" }));
    const machine = machineOf(wasm);
    const ran = runProgram({ wasm, input: INPUT, maxSteps: MAX_STEPS });
    const task = machineTask({
      machine,
      maxSteps: MAX_STEPS,
      maxResultBytes: 1_024,
      input: { cid: cidOf(INPUT), bytes: INPUT },
    });
    const { steps, ending } = endOf(task);
    expect(ending.outcome).toBe("ok");
    const mine = Number(steps) - HOST_STEPS;
    const allowed = machine.stepsPerFuel * Number(ran.fuelUsed);
    console.log(`${name}: ${(mine / Number(ran.fuelUsed)).toFixed(2)} of ${machine.stepsPerFuel}`);
    expect(mine).toBeLessThanOrEqual(allowed);
  },
);
