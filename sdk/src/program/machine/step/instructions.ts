import { PAGE_BYTES } from "../../module/memory.ts";
import { MACHINE, NONE } from "../core/opcode.ts";
import { type Header, PHASE, type Phase } from "../core/state.ts";
import { LEAF_BYTES } from "../merkle/tree.ts";
import { isUnary, numericOperations } from "../numeric/index.ts";
import { TRAP } from "../numeric/operation.ts";
import type { Cells } from "./cells.ts";
import { loadOf, storeBytes } from "./memoryAccess.ts";

export interface Instruction {
  opcode: number;
  a: number;
  b: bigint;
}

const MINUS_ONE = 0xffff_ffffn;
const LOW = 0xffff_ffffn;

/** The phase that follows one of execution when its function has returned to the host. */
const RETURNED = PHASE.startReturned - PHASE.start;

/** Carries out one instruction, or a bounded part of one. A trap leaves `pc` where it is. */
export function execute(header: Header, cells: Cells, { opcode, a, b }: Instruction): undefined {
  const { sp, fp } = header;
  const top = () => cells.slot(sp - 1);
  const jump = (stackPointer: number, target: number): undefined => {
    header.sp = stackPointer;
    header.pc = target;
  };
  const next = (stackPointer: number) => jump(stackPointer, header.pc + 1);
  const trap = () => trapIn(header);

  if (opcode >= MACHINE.firstNumeric && opcode <= MACHINE.lastSaturating) {
    const right = top();
    const place = isUnary(opcode) ? sp - 1 : sp - 2;
    const left = cells.slot(place);
    const result = numericOperations[opcode]?.(left, right) ?? TRAP;
    if (result === TRAP) return trap();
    cells.setSlot(place, result);
    return next(place + 1);
  }
  if (opcode >= MACHINE.firstLoad && opcode <= MACHINE.lastLoad) {
    const result = loadOf(cells, { opcode, address: Number(top() + b), pages: header.pages });
    if (result === undefined) return trap();
    cells.setSlot(sp - 1, result);
    return next(sp);
  }
  if (opcode >= MACHINE.firstStore && opcode <= MACHINE.lastStore) {
    const value = top();
    const address = Number(cells.slot(sp - 2) + b);
    if (!storeBytes(cells, { opcode, address, value, pages: header.pages })) return trap();
    return next(sp - 2);
  }
  switch (opcode) {
    case MACHINE.jump:
      return jump(sp, Number(b));
    case MACHINE.jumpIf:
      return top() === 0n ? next(sp - 1) : jump(sp - 1, Number(b));
    case MACHINE.jumpUnless:
      return top() === 0n ? jump(sp - 1, Number(b)) : next(sp - 1);
    case MACHINE.jumpTable:
      return jump(sp - 1, header.pc + 1 + Math.min(Number(top()), a));
    case MACHINE.call:
      return call(header, cells, { sp, parameters: a, entry: Number(b) });
    case MACHINE.callIndirect:
      return callIndirect(header, cells, { size: a, place: b });
    case MACHINE.return: {
      const link = cells.slot(fp + Number(b));
      if (a === 1) cells.setSlot(fp, top());
      return returnTo(header, link, fp + a);
    }
    case MACHINE.lift:
      cells.setSlot(sp, cells.slot(fp + Number(b)));
      return next(sp);
    case MACHINE.returnMany:
      return returnTo(header, cells.slot(sp), fp + a);
    case MACHINE.move:
      cells.setSlot(sp - a, cells.slot(sp - Number(b)));
      return next(sp);
    case MACHINE.drop:
      return next(sp - a);
    case MACHINE.select: {
      const [condition, second, first] = [top(), cells.slot(sp - 2), cells.slot(sp - 3)];
      cells.setSlot(sp - 3, condition === 0n ? second : first);
      return next(sp - 2);
    }
    case MACHINE.localGet:
      cells.setSlot(sp, cells.slot(fp + a));
      return next(sp + 1);
    case MACHINE.localSet:
      cells.setSlot(fp + a, top());
      return next(sp - 1);
    case MACHINE.localTee:
      cells.setSlot(fp + a, top());
      return next(sp);
    case MACHINE.globalGet:
      cells.setSlot(sp, cells.global(a));
      return next(sp + 1);
    case MACHINE.globalSet:
      cells.setGlobal(a, top());
      return next(sp - 1);
    case MACHINE.memorySize:
      cells.setSlot(sp, BigInt(header.pages));
      return next(sp + 1);
    case MACHINE.memoryGrow: {
      const grown = header.pages + Number(top());
      cells.setSlot(sp - 1, grown > a ? MINUS_ONE : BigInt(header.pages));
      if (grown <= a) header.pages = grown;
      return next(sp);
    }
    case MACHINE.const:
      cells.setSlot(sp, b);
      return next(sp + 1);
    case MACHINE.memoryFill:
      return fill(header, cells, trap);
    case MACHINE.memoryCopy:
      return copy(header, cells, trap);
    case MACHINE.memoryInit:
      return init(header, cells, { byteLength: a, base: Number(b), trap });
    default:
      return trap();
  }
}

function trapIn(header: Header): undefined {
  header.phase = PHASE.trapped;
}

function call(
  header: Header,
  cells: Cells,
  { sp, parameters, entry }: { sp: number; parameters: number; entry: number },
): undefined {
  cells.setSlot(sp, (BigInt(header.pc + 1) << 32n) | BigInt(header.fp));
  header.fp = sp - parameters;
  header.sp = sp + 1;
  header.pc = entry;
}

function callIndirect(
  header: Header,
  cells: Cells,
  { size, place }: { size: number; place: bigint },
): undefined {
  const index = Number(cells.slot(header.sp - 1));
  const [base, type] = [Number(place >> 32n), Number(place & LOW)];
  const leaf = index < size ? cells.element(base + index) : undefined;
  if (leaf === undefined || leaf[15] !== 1) return trapIn(header);
  const view = new DataView(leaf.buffer, leaf.byteOffset);
  if (view.getUint32(16) !== type) return trapIn(header);
  const parameters = view.getUint32(20);
  return call(header, cells, {
    sp: header.sp - 1,
    parameters,
    entry: Number(view.getBigUint64(24)),
  });
}

function returnTo(header: Header, link: bigint, sp: number): undefined {
  header.sp = sp;
  header.fp = Number(link & LOW);
  header.pc = Number(link >> 32n);
  if (header.pc !== NONE) return undefined;
  header.pc = 0;
  header.phase = (header.phase + RETURNED) as Phase;
}

/** Bytes from an address to the end of its leaf. */
export const room = (address: number) => LEAF_BYTES - (address % LEAF_BYTES);
/** The slot of the address behind a part; of the last byte of 4 GiB that is 0. */
export const behindPart = (address: number, part: number) => BigInt(address + part) & LOW;
/** Bytes from the beginning of a leaf to right before an address. */
export const behind = (address: number) => ((address - 1) % LEAF_BYTES) + 1;

function fill(header: Header, cells: Cells, trap: () => undefined): undefined {
  const { sp, pages } = header;
  const count = Number(cells.slot(sp - 1));
  const value = Number(cells.slot(sp - 2) & 0xffn);
  const to = Number(cells.slot(sp - 3));
  if (to + count > pages * PAGE_BYTES) return trap();
  if (count === 0) return finish(header);
  const part = Math.min(count, room(to));
  cells.setBytes(to, new Uint8Array(part).fill(value));
  cells.setSlot(sp - 3, behindPart(to, part));
  cells.setSlot(sp - 1, BigInt(count - part));
}

function copy(header: Header, cells: Cells, trap: () => undefined): undefined {
  const { sp, pages } = header;
  const count = Number(cells.slot(sp - 1));
  const from = Number(cells.slot(sp - 2));
  const to = Number(cells.slot(sp - 3));
  const size = pages * PAGE_BYTES;
  if (from + count > size || to + count > size) return trap();
  if (count === 0) return finish(header);
  if (to <= from) {
    const part = Math.min(count, room(from), room(to));
    cells.setBytes(to, cells.bytes(from, part).slice());
    cells.setSlot(sp - 3, behindPart(to, part));
    cells.setSlot(sp - 2, behindPart(from, part));
    cells.setSlot(sp - 1, BigInt(count - part));
    return;
  }
  // From the end on, so that nothing is overwritten before it is copied.
  const part = Math.min(count, behind(from + count), behind(to + count));
  const left = count - part;
  cells.setBytes(to + left, cells.bytes(from + left, part).slice());
  cells.setSlot(sp - 1, BigInt(left));
}

function init(
  header: Header,
  cells: Cells,
  { byteLength, base, trap }: { byteLength: number; base: number; trap: () => undefined },
): undefined {
  const { sp, pages } = header;
  const count = Number(cells.slot(sp - 1));
  const from = Number(cells.slot(sp - 2));
  const to = Number(cells.slot(sp - 3));
  if (from + count > byteLength || to + count > pages * PAGE_BYTES) return trap();
  if (count === 0) return finish(header);
  const part = Math.min(count, room(base + from), room(to));
  cells.setBytes(to, cells.data(base + from, part));
  cells.setSlot(sp - 3, behindPart(to, part));
  cells.setSlot(sp - 2, behindPart(from, part));
  cells.setSlot(sp - 1, BigInt(count - part));
}

function finish(header: Header): undefined {
  header.sp -= 3;
  header.pc += 1;
}
