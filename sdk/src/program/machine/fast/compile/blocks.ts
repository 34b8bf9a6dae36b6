import { MACHINE } from "../../core/opcode.ts";
import type { FlatModule } from "../../flatten/flattenModule.ts";
import { isUnary } from "../../numeric/index.ts";
import { type CodeReader, codeReader } from "./codeReader.ts";

/** Most instructions of a block: so many steps at most are left to be carried out one by one before a state that is asked for. */
export const MAX_BLOCK = 64;

/** No block begins here. */
export const NO_BLOCK = -1;

/** What an instruction means for the one that follows it. */
export const FLOW = {
  /** It goes on there. */
  on: 0,
  /** It never does. */
  ends: 1,
  /** It does, in a block of its own: after a call, or what compiled code leaves to others. */
  newBlock: 2,
} as const;

export function flowOf(opcode: number): (typeof FLOW)[keyof typeof FLOW] {
  switch (opcode) {
    case MACHINE.unreachable:
    case MACHINE.jump:
    case MACHINE.jumpTable:
    case MACHINE.return:
    case MACHINE.returnMany:
      return FLOW.ends;
    case MACHINE.call:
    case MACHINE.callIndirect:
    case MACHINE.memoryGrow:
    case MACHINE.memoryInit:
    case MACHINE.memoryCopy:
    case MACHINE.memoryFill:
      return FLOW.newBlock;
    default:
      return FLOW.on;
  }
}

const isJump = (opcode: number) => opcode >= MACHINE.jump && opcode <= MACHINE.jumpUnless;

/** A program's code, where its blocks begin, and how high the stack is there. */
export interface Blocks {
  readonly reader: CodeReader;
  readonly flat: FlatModule;
  /** Slots from `fp` to `sp` at the beginning of each block; {@link NO_BLOCK} anywhere else. */
  readonly heights: Int32Array;
  /** The function whose first instruction stands there. */
  functionAt(entry: number): number;
  /** Finds the blocks of some functions. */
  find(functions: { first: number; end: number }): void;
  /** The place behind a function's last instruction. */
  endOf(functionIndex: number): number;
}

export function blocksOf(flat: FlatModule): Blocks {
  const reader = codeReader(flat.code);
  const heights = new Int32Array(reader.length).fill(NO_BLOCK);
  const byEntry = new Map(flat.entries.map((entry, index) => [entry, index]));
  /** A function of no instructions is never called, and begins where the next one does. */
  const functionAt = (entry: number) => byEntry.get(entry) as number;
  const endOf = (index: number) => flat.entries[index + 1] ?? reader.length;
  const signatureOf = (index: number) => flat.types[flat.functions[index] as number];

  /** Slots by which an instruction changes the height of the stack. */
  function effect(pc: number): number {
    const opcode = reader.opcode(pc);
    switch (opcode) {
      case MACHINE.call: {
        const results = signatureOf(functionAt(reader.target(pc)))?.results.length ?? 0;
        return results - reader.a(pc);
      }
      case MACHINE.callIndirect: {
        const type = flat.types[reader.low(pc)];
        return (type?.results.length ?? 0) - (type?.parameters.length ?? 0) - 1;
      }
      case MACHINE.drop:
        return -reader.a(pc);
      default:
        return effectOf(opcode);
    }
  }

  /** Marks where a function jumps to, and where a block has to end. */
  function markTargets(from: number, end: number): Uint8Array {
    const marks = new Uint8Array(end - from + 1);
    const mark = (pc: number) => {
      if (pc >= from && pc < end) marks[pc - from] = 1;
    };
    for (let pc = from; pc < end; pc++) {
      const opcode = reader.opcode(pc);
      if (isJump(opcode)) mark(reader.target(pc));
      if (opcode === MACHINE.jumpTable) for (let i = 0; i <= reader.a(pc); i++) mark(pc + 1 + i);
      if (flowOf(opcode) === FLOW.newBlock) mark(pc + 1);
    }
    return marks;
  }

  function findIn(index: number): void {
    const [from, end] = [flat.entries[index] as number, endOf(index)];
    if (from === end) return;
    const marks = markTargets(from, end);
    const begin = (pc: number, height: number) => {
      if (pc >= from && pc < end) heights[pc] = height;
    };
    begin(from, (signatureOf(index)?.parameters.length ?? 0) + 1);
    /** Of the instruction that is looked at; it is not known where nothing leads to. */
    let height = NO_BLOCK;
    let length = 0;
    for (let pc = from; pc < end; pc++) {
      if (heights[pc] !== NO_BLOCK) height = heights[pc] as number;
      if (height === NO_BLOCK) continue;
      if (marks[pc - from] === 1 || length === MAX_BLOCK) begin(pc, height);
      if (heights[pc] !== NO_BLOCK) length = 0;
      length += 1;
      const opcode = reader.opcode(pc);
      height += effect(pc);
      if (isJump(opcode)) begin(reader.target(pc), height);
      if (opcode === MACHINE.jumpTable) {
        for (let i = 0; i <= reader.a(pc); i++) begin(pc + 1 + i, height);
      }
      if (flowOf(opcode) === FLOW.ends) height = NO_BLOCK;
    }
  }

  return {
    ...{ reader, flat, heights, functionAt, endOf },
    find({ first, end }) {
      for (let index = first; index < end; index++) findIn(index);
    },
  };
}

function effectOf(opcode: number): number {
  if (opcode >= MACHINE.firstNumeric && opcode <= MACHINE.lastSaturating) {
    return isUnary(opcode) ? 0 : -1;
  }
  if (opcode >= MACHINE.firstStore && opcode <= MACHINE.lastStore) return -2;
  switch (opcode) {
    case MACHINE.jumpIf:
    case MACHINE.jumpUnless:
    case MACHINE.jumpTable:
    case MACHINE.localSet:
    case MACHINE.globalSet:
      return -1;
    case MACHINE.localGet:
    case MACHINE.globalGet:
    case MACHINE.memorySize:
    case MACHINE.const:
      return 1;
    case MACHINE.select:
      return -2;
    case MACHINE.memoryInit:
    case MACHINE.memoryCopy:
    case MACHINE.memoryFill:
      return -3;
    default:
      return 0;
  }
}
