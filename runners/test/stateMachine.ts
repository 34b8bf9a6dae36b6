import { packed, programOf } from "../../test/fixtures/programs.ts";
import type { Random } from "../../test/fixtures/random.ts";

/** What a record of the input makes {@link stateMachine} do, with its operands `a` and `b`. */
export const OPERATION = {
  storeByte: 0,
  setI32: 1,
  setI64: 2,
  setF32: 3,
  setF64: 4,
  grow: 5,
  dropData: 6,
  initFromData: 7,
  fill: 8,
  callTable: 9,
  trap: 10,
  loopForever: 11,
  recurseForever: 12,
} as const;

export interface Operation {
  type: number;
  a: number;
  b: number;
}

const RECORD_BYTES = 12;
const u32 = { a: "(i32.load offset=4 (local.get $at))", b: "(i32.load offset=8 (local.get $at))" };
const wide = `(i64.or (i64.shl (i64.extend_i32_u ${u32.a}) (i64.const 32)) (i64.extend_i32_u ${u32.b}))`;
const inMemory = `(i32.rem_u ${u32.a} (i32.mul (memory.size) (i32.const 65536)))`;

const bodies: Record<keyof typeof OPERATION, string> = {
  storeByte: `(i32.store8 ${inMemory} ${u32.b})`,
  setI32: `(global.set $i32 ${u32.b})`,
  setI64: `(global.set $i64 ${wide})`,
  setF32: `(global.set $f32 (f32.reinterpret_i32 ${u32.b}))`,
  setF64: `(global.set $f64 (f64.reinterpret_i64 ${wide}))`,
  grow: `(drop (memory.grow (i32.and ${u32.a} (i32.const 1))))`,
  dropData: "(data.drop $passive)",
  initFromData: `(memory.init $passive ${inMemory} (i32.const 0) (i32.const 14))`,
  fill: `(memory.fill ${inMemory} ${u32.b} (i32.const 3000))`,
  callTable: `(call_indirect (type $action) (i32.and ${u32.a} (i32.const 3)))`,
  trap: "(unreachable)",
  loopForever: "(loop $again (br $again))",
  recurseForever: "(call $deeper)",
};

const branches = Object.entries(bodies).map(
  ([name, body]) =>
    `(if (i32.eq (local.get $type) (i32.const ${OPERATION[name as keyof typeof OPERATION]})) (then ${body}))`,
);

/**
 * A program that uses every kind of state there is, and does what its input says. The result is all of its memory, with the
 * globals written to it at the address in the input's first word.
 */
export const stateMachine = programOf("state machine", {
  maxPages: 6,
  rest: `
    (type $action (func))
    (global $i32 (mut i32) (i32.const 7))
    (global $i64 (mut i64) (i64.const -8))
    (global $f32 (mut f32) (f32.const -0))
    (global $f64 (mut f64) (f64.const inf))
    (table 4 funcref) (elem (i32.const 0) $count $count $clear)
    (data (i32.const 5000) "from the start") (data (i32.const 200000) "and far away")
    (data $passive "passive bytes!")
    (func $count (global.set $i32 (i32.add (global.get $i32) (i32.const 1))))
    (func $clear (memory.fill (i32.const 5000) (i32.const 0) (i32.const 2000)))
    (func $deeper (call $deeper) (call $count))
    (func $start (call $count) (i32.store (i32.const 9000) (i32.add (i32.load (i32.const 9000)) (i32.const 1)))
      (global.set $f64 (f64.add (global.get $f64) (f64.const 1))))
    (start $start)`,
  run: `(local $at i32) (local $type i32)
    (local.set $at (i32.add (local.get $ptr) (i32.const 4)))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $at) (i32.add (local.get $ptr) (local.get $len))))
      (local.set $type (i32.load (local.get $at)))
      ${branches.join("\n")}
      (local.set $at (i32.add (local.get $at) (i32.const ${RECORD_BYTES})))
      (br $next)))
    (local.set $at (i32.load (local.get $ptr)))
    (i32.store (local.get $at) (global.get $i32))
    (i64.store offset=8 (local.get $at) (global.get $i64))
    (f32.store offset=16 (local.get $at) (global.get $f32))
    (f64.store offset=24 (local.get $at) (global.get $f64))
    ${packed("(i32.const 0)", "(i32.mul (memory.size) (i32.const 65536))")}`,
});

/** An input of {@link stateMachine}. */
export function stateInput(dumpAt: number, operations: readonly Operation[]): Uint8Array {
  const words = [dumpAt, ...operations.flatMap(({ type, a, b }) => [type, a, b])];
  return new Uint8Array(Uint32Array.from(words).buffer);
}

/** One time in twelve it is one that ends the task at once. */
function randomOperation(random: Random): Operation {
  const { trap, loopForever, recurseForever } = OPERATION;
  const ends = [trap, loopForever, recurseForever];
  const type = random.below(12) === 0 ? ends[random.below(3)] : random.below(trap);
  return { type: type as number, a: random.below(2 ** 32), b: random.below(2 ** 32) };
}

/** Up to five operations, before a state of 4 to 7 KiB is shown. */
export function randomStateInput(random: Random): Uint8Array {
  const operations = Array.from({ length: random.below(6) }, () => randomOperation(random));
  return stateInput(4_096 + 1_024 * random.below(4), operations);
}
