import { LEAF_BYTES } from "../../merkle/tree.ts";
import { type Code, codeOf, MEMORY, OP, TYPE } from "../../wasm/code.ts";
import { CONTROL, REASON, SLOT_BYTES } from "./layout.ts";
import { PARAMETER, PARAMETERS } from "./site.ts";

const { i32, i64 } = TYPE;

function keep(code: Code, local: number, [opcode, offset]: readonly [number, number]): void {
  code.i32(0);
  code.get(local);
  code.access(opcode, MEMORY.stack, offset);
}

const LEAVE = {
  pc: [OP.i32Store, CONTROL.pc],
  sp: [OP.i32Store, CONTROL.sp],
  fp: [OP.i32Store, CONTROL.fp],
  left: [OP.i64Store, CONTROL.left],
  reason: [OP.i32Store, CONTROL.reason],
} as const;

export const LEAVE_PARAMETERS = [i32, i32, i32, i64, i32] as const;

/** Writes down where and why compiled code stops, and says so: −1. Parameters: pc, sp, fp, left, reason. */
export function leaveFunction(): Code {
  const code = codeOf(LEAVE_PARAMETERS.length);
  for (const [local, place] of [LEAVE.pc, LEAVE.sp, LEAVE.fp, LEAVE.left, LEAVE.reason].entries()) {
    keep(code, local, place);
  }
  code.i64(-1);
  return code;
}

/** In place of the blocks of functions that are not compiled. Whoever calls it has written `pc` and `sp`. */
export function missingFunction(): Code {
  const code = codeOf(PARAMETERS);
  keep(code, PARAMETER.frame, LEAVE.fp);
  keep(code, PARAMETER.left, LEAVE.left);
  code.i32(0);
  code.i32(REASON.elsewhere);
  code.access(OP.i32Store, MEMORY.stack, CONTROL.reason);
  code.i64(-1);
  return code;
}

/** Parameters of the two below: sp, steps that are left, bytes of the memory. They give the steps left behind, or −1. */
export const BULK_PARAMETERS = [i32, i64, i64] as const;
const [SP, LEFT, BYTES] = [0, 1, 2];

interface Bulk {
  code: Code;
  stack: number;
}

/** An operand of a bulk instruction, as a local. @param depth - 1 for the top of the stack. */
function operand({ code, stack }: Bulk, depth: number): number {
  code.get(SP);
  code.i32(SLOT_BYTES * depth);
  code.op(OP.i32Sub);
  code.access(OP.i64Load, MEMORY.stack, stack);
  const local = code.local(i64);
  code.set(local);
  return local;
}

function setOperand({ code, stack }: Bulk, depth: number, push: () => void): void {
  code.get(SP);
  code.i32(SLOT_BYTES * depth);
  code.op(OP.i32Sub);
  push();
  code.access(OP.i64Store, MEMORY.stack, stack);
}

function sum({ code }: Bulk, first: number, second: number): void {
  code.get(first);
  code.get(second);
  code.op(OP.i64Add);
}

/** The slot of the address behind so many bytes; behind the last byte of 4 GiB that is 0. */
function behind(bulk: Bulk, address: number, count: number): void {
  sum(bulk, address, count);
  bulk.code.op(OP.wrap);
  bulk.code.op(OP.extendU);
}

function refuse({ code }: Bulk): void {
  code.when(() => {
    code.i64(-1);
    code.op(OP.return);
  });
}

function refuseBeyond(bulk: Bulk, from: number, count: number): void {
  sum(bulk, from, count);
  bulk.code.get(BYTES);
  bulk.code.op(OP.i64GtU);
  refuse(bulk);
}

/** Leaves that so many bytes from an address on touch. */
function touched({ code }: Bulk, address: number, count: number): void {
  code.get(address);
  code.i64(LEAF_BYTES - 1);
  code.op(OP.i64And);
  code.get(count);
  code.op(OP.i64Add);
  code.i64(LEAF_BYTES - 1);
  code.op(OP.i64Add);
  code.i64(Math.log2(LEAF_BYTES));
  code.op(OP.i64ShrU);
}

/**
 * Takes the steps from those that are left, and refuses where there are too few: one for each part, which are on the engine's stack, and the
 * last one. There are no parts of nothing.
 */
function payParts(bulk: Bulk, count: number): void {
  const { code } = bulk;
  code.i64(0);
  code.get(count);
  code.i64(0);
  code.op(OP.i64Ne);
  code.op(OP.select);
  code.i64(1);
  code.op(OP.i64Add);
  const steps = code.local(i64);
  code.set(steps);
  code.get(LEFT);
  code.get(steps);
  code.op(OP.i64Sub);
  code.tee(LEFT);
  code.i64(0);
  code.op(OP.i64LtS);
  refuse(bulk);
}

function bulkInstruction({ code }: Bulk, opcode: number, memories: readonly number[]): void {
  code.op(OP.prefix);
  code.op(opcode);
  for (const memory of memories) code.bytes.u32(memory);
}

export function fillFunction(stack: number): Code {
  const code = codeOf(BULK_PARAMETERS.length);
  const bulk = { code, stack };
  const [count, value, to] = [operand(bulk, 1), operand(bulk, 2), operand(bulk, 3)];
  refuseBeyond(bulk, to, count);
  touched(bulk, to, count);
  payParts(bulk, count);
  for (const local of [to, value, count]) {
    code.get(local);
    code.op(OP.wrap);
  }
  bulkInstruction(bulk, 0x0b, [MEMORY.program]);
  setOperand(bulk, 3, () => behind(bulk, to, count));
  setOperand(bulk, 1, () => code.i64(0));
  code.get(LEFT);
  return code;
}

/** A part ends where a leaf does, of the source or of the destination. */
export function copyFunction(stack: number): Code {
  const code = codeOf(BULK_PARAMETERS.length);
  const bulk = { code, stack };
  const [count, from, to] = [operand(bulk, 1), operand(bulk, 2), operand(bulk, 3)];
  refuseBeyond(bulk, from, count);
  refuseBeyond(bulk, to, count);
  touched(bulk, to, count);
  touched(bulk, from, count);
  code.i64(1);
  code.op(OP.i64Sub);
  code.i64(0);
  // Where both lie alike in their leaves, these end together.
  code.get(from);
  code.get(to);
  code.op(OP.i64Xor);
  code.i64(LEAF_BYTES - 1);
  code.op(OP.i64And);
  code.i64(0);
  code.op(OP.i64Ne);
  code.op(OP.select);
  code.op(OP.i64Add);
  payParts(bulk, count);
  for (const local of [to, from, count]) {
    code.get(local);
    code.op(OP.wrap);
  }
  bulkInstruction(bulk, 0x0a, [MEMORY.program, MEMORY.program]);
  setOperand(bulk, 1, () => code.i64(0));
  code.get(to);
  code.get(from);
  code.op(OP.i64LeU);
  code.when(() => {
    setOperand(bulk, 3, () => behind(bulk, to, count));
    setOperand(bulk, 2, () => behind(bulk, from, count));
  });
  code.get(LEFT);
  return code;
}
