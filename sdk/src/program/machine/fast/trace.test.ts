import { describe, expect, test } from "vitest";
import initWabt from "wabt";
import { cidOf } from "../../../protocol/cid/cidOf.ts";
import { Outcome } from "../../../protocol/job/job.ts";
import { doneHash } from "../core/state.ts";
import { machineOf } from "../image/machine.ts";
import { createExecution, endOf, type StepProof } from "../task/execution.ts";
import { type MachineTask, machineTask } from "../task/task.ts";
import { createTrace } from "./index.ts";

const wabt = await initWabt();

/** A program whose first byte of input chooses what it does, and whose last pages hold the result. */
const text = `(module
  (memory (export "memory") 2 40)
  (data $passive "passive data that is neither short nor a multiple of thirty-two bytes long, as is usual")
  (data (i32.const 1000) "active data over the boundary of a leaf")
  (table 6 funcref)
  (elem (i32.const 1) $down $double)
  (elem (i32.const 4) $triple)
  (type $unary (func (param i32) (result i32)))
  (type $pair (func (param i64 f64) (result f64 i64 i32)))
  (global $calls (mut i64) (i64.const 0))
  (func $down (type $unary)
    (global.set $calls (i64.add (global.get $calls) (i64.const 1)))
    (if (result i32) (local.get 0)
      (then (i32.add (i32.const 1)
        (call_indirect (type $unary) (i32.sub (local.get 0) (i32.const 1)) (i32.const 1))))
      (else (i32.const 0))))
  (func $double (type $unary) (i32.mul (local.get 0) (i32.const 2)))
  (func $triple (param i64) (result i64) (i64.mul (local.get 0) (i64.const 3)))
  (func $swap (type $pair)
    (block (result f64 i64)
      (f64.sqrt (local.get 1)) (i64.add (local.get 0) (i64.const 7))
      (br_if 0 (i64.eqz (local.get 0)))
      (drop) (drop) (f64.neg (local.get 1)) (local.get 0))
    (i32.const 9))
  (func $many (param $n i32) (local $sum f64)
    (loop $next
      (call $swap (i64.extend_i32_s (local.get $n)) (f64.convert_i32_s (local.get $n)))
      (f64.convert_i32_u) (local.set $sum (f64.add (local.get $sum))) (drop) (drop)
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $next (i32.gt_s (local.get $n) (i32.const -3))))
    (f64.store (i32.const 65529) (local.get $sum)))
  (func $bulk (param $shift i32)
    (memory.fill (i32.const 70001) (i32.const 0x1a5) (i32.const 1003))
    (memory.copy (i32.add (i32.const 80001) (local.get $shift)) (i32.const 70001) (i32.const 777))
    (memory.copy (i32.add (i32.const 80001) (local.get $shift)) (i32.const 80003) (i32.const 500))
    (memory.copy (i32.const 80101) (i32.const 80001) (i32.const 500))
    (memory.fill (i32.const 90000) (i32.const 1) (i32.const 0))
    (memory.init $passive (i32.const 90017) (i32.const 3) (i32.const 80))
    (memory.copy (i32.const 80005) (i32.const 80037) (i32.const 300))
    (data.drop $passive)
    (drop (memory.grow (i32.const 2)))
    (drop (memory.grow (i32.const 100)))
    (memory.copy (i32.const 240000) (i32.const 1001) (i32.const 40)))
  (func (export "alloc") (param i32) (result i32)
    (if (i32.gt_u (local.get 0) (i32.const 100000)) (then
      (drop (memory.grow (i32.const 20)))))
    (i32.const 16384))
  (func (export "run") (param $at i32) (param $length i32) (result i64) (local $arg i32)
    (local.set $arg (i32.load8_u offset=1 (local.get $at)))
    (block $default (block $deep (block $bulk (block $many (block $echo (block $traps
      (br_table $echo $many $bulk $deep $traps $default (i32.load8_u (local.get $at))))
      (block $indirect (block $type (block $null (block $address (block $range (block $division (block $never
        (br_table $never $division $range $address $null $type $indirect (local.get $arg)))
        unreachable)
        (drop (i32.div_s (i32.const 0x80000000) (i32.sub (local.get $arg) (i32.const 2)))))
        (drop (i64.trunc_f64_s (f64.mul (f64.const 1e30) (f64.convert_i32_u (local.get $arg))))))
        (i64.store offset=0xfffffff0 (i32.const -1) (i64.const 5)))
        (drop (call_indirect (type $unary) (i32.const 1) (i32.const 3))))
        (drop (call_indirect (type $unary) (i32.const 1) (i32.const 4))))
        (drop (call_indirect (type $unary) (i32.const 1) (i32.const 6))))
      (return (i64.or (i64.shl (i64.extend_i32_u (local.get $at)) (i64.const 32)) (i64.extend_i32_u (local.get $length)))))
      (call $many (local.get $arg)) (return (i64.const 0x0000fc00_00000401)))
      (call $bulk (local.get $arg)) (return (i64.const 0x00011000_00003000)))
      (i32.store (i32.const 131068) (call $down (i32.mul (local.get $arg) (i32.const 16))))
      (return (i64.const 0x0001fc00_00000400)))
    (loop $forever (br $forever)) (unreachable)))`;

function assemble(source: string): Uint8Array {
  const module = wabt.parseWat("module.wat", source, { multi_value: true, bulk_memory: true });
  try {
    return module.toBinary({}).buffer;
  } finally {
    module.destroy();
  }
}

const machine = machineOf(assemble(text));

function taskOf(bytes: Uint8Array): MachineTask {
  const input = { cid: cidOf(bytes), bytes };
  return machineTask({ machine, maxSteps: 10_000_000n, maxResultBytes: 1 << 20, input });
}

/** The proofs of all steps, by the reference. */
function proofsOf(task: MachineTask): StepProof[] {
  const execution = createExecution(task);
  const proofs: StepProof[] = [];
  while (execution.ending === undefined) proofs.push(execution.prove());
  return proofs;
}

describe("a task goes through the same states and has the same proofs as in the reference", () => {
  test.each([
    ["a trap: unreachable", Outcome.trap, [4, 0]],
    ["a trap: division", Outcome.trap, [4, 1]],
    ["a trap: what does not fit an integer", Outcome.trap, [4, 2]],
    ["a trap: an address", Outcome.trap, [4, 3]],
    ["a trap: no function", Outcome.trap, [4, 4]],
    ["a trap: a function of another type", Outcome.trap, [4, 5]],
    ["a trap: no element", Outcome.trap, [4, 6]],
    ["its input", Outcome.ok, [0, 0, 5, 6, 7]],
    ["several results and floats", Outcome.ok, [1, 3]],
    ["filled and copied memory", Outcome.ok, [2, 3]],
    ["the same, the other way", Outcome.ok, [2, 0]],
    ["calls through a table", Outcome.ok, [3, 2]],
  ])("%s", (_, outcome, input) => {
    const task = taskOf(Uint8Array.from(input));
    const { ending, steps } = endOf(task);
    expect(ending.outcome).toBe(outcome);
    const proofs = proofsOf(task);
    expect(proofs.length).toBe(Number(steps));
    const fast = createTrace(task);
    expect(fast.end()).toEqual({ ending, steps });
    for (const [place, proof] of proofs.entries()) {
      expect(fast.stepAfter(BigInt(place))).toEqual(proof);
    }
    const hashes = [...proofs.map(({ before }) => before), doneHash(ending), doneHash(ending)];
    expect(fast.hashes({ from: -1n, spacing: 1n, count: hashes.length })).toEqual(hashes);
    expect(fast.stepAfter(steps)).toEqual(ending);
    // In one leap from the first state, in which what takes many steps is done at once.
    const leaping = createTrace(task, { maxSnapshotBytes: 0 });
    for (const [place, hash] of [...hashes.entries()].toReversed()) {
      expect(leaping.hashes({ from: BigInt(place), spacing: 0n, count: 1 })).toEqual([hash]);
    }
  });
});
