import { InvalidProgramError } from "../errors/program.ts";
import type { BinaryReader } from "./binary.ts";

// The instructions that nodes run: WebAssembly 1.0, sign extension, saturating conversions, and the memory half of bulk
// memory. All of them give the same bits on every machine but for NaNs, which the node makes canonical. What came
// later is refused by name: relaxed SIMD gives other results on other machines, threads and atomics race, tail calls
// escape a call-depth limit, and tables that grow are memory beside the memory.

/** Skips one immediate, that is, one operand that follows the opcode. */
type Immediate = (code: BinaryReader) => void;

export interface Instruction {
  readonly immediates: readonly Immediate[];
  /** Operands taken from the stack and put on it, where no type or label says how many. */
  readonly pops: number;
  readonly pushes: number;
  /** Fuel that it takes; docs/programs.md has the table. */
  readonly cost: number;
}

const leb32: Immediate = (code) => code.skipLeb(5);
const leb64: Immediate = (code) => code.skipLeb(10);
const f32: Immediate = (code) => code.skip(4);
const f64: Immediate = (code) => code.skip(8);
const targets: Immediate = (code) => {
  for (let left = code.u32(); left > 0; left--) leb32(code);
};
const types: Immediate = (code) => {
  for (let left = code.u32(); left > 0; left--) checkValueType(code);
};
const blockType: Immediate = (code) => {
  readBlockType(code);
};
/** The engine takes a memory's number behind an alignment with this bit, be there one memory only. */
const NAMES_MEMORY = 0x40;
const alignment: Immediate = (code) => {
  const exponent = code.u32();
  if (exponent >= NAMES_MEMORY) {
    throw unsupported("loads or stores that name their memory", exponent);
  }
};

/** What the instructions that are treated one by one are called. */
export const OPCODE = {
  unreachable: 0x00,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  brTable: 0x0e,
  return: 0x0f,
  call: 0x10,
  callIndirect: 0x11,
  localGet: 0x20,
  globalGet: 0x23,
  globalSet: 0x24,
  f32Store: 0x38,
  f64Store: 0x39,
  memorySize: 0x3f,
  memoryGrow: 0x40,
  i32Const: 0x41,
  i64Const: 0x42,
  f32Const: 0x43,
  f64Const: 0x44,
  f32Copysign: 0x98,
  f64Copysign: 0xa6,
  i32ReinterpretF32: 0xbc,
  i64ReinterpretF64: 0xbd,
  // Behind the prefix 0xfc, as `0xfc00 | number`.
  memoryInit: 0xfc08,
  dataDrop: 0xfc09,
  memoryCopy: 0xfc0a,
  memoryFill: 0xfc0b,
} as const;

const PREFIX = 0xfc;

const instructions = new Map<number, Instruction>();

/** Defines the instructions from `first` to `last`; the specification's chapter 5.4 has the list. */
function define(
  [first, last]: readonly [first: number, last: number],
  immediates: readonly Immediate[],
  [pops, pushes]: readonly [pops: number, pushes: number],
  cost = 1,
): void {
  for (let opcode = first; opcode <= last; opcode++) {
    instructions.set(opcode, { immediates, pops, pushes, cost });
  }
}

define([0x00, 0x00], [], [0, 0], 0); // unreachable
define([0x01, 0x01], [], [0, 0], 0); // nop
define([0x02, 0x02], [blockType], [0, 0], 0); // block
define([0x03, 0x03], [blockType], [0, 0]); // loop
define([0x04, 0x04], [blockType], [1, 0]); // if
define([0x05, 0x05], [], [0, 0], 0); // else
define([0x0b, 0x0b], [], [0, 0], 0); // end
define([0x0c, 0x0c], [leb32], [0, 0]); // br
define([0x0d, 0x0d], [leb32], [1, 0]); // br_if
define([0x0e, 0x0e], [targets, leb32], [1, 0], 3); // br_table
define([0x0f, 0x0f], [], [0, 0]); // return
define([0x10, 0x10], [leb32], [0, 0], 4); // call
define([0x11, 0x11], [leb32, leb32], [1, 0], 8); // call_indirect
define([0x1a, 0x1a], [], [1, 0]); // drop
define([0x1b, 0x1b], [], [3, 1]); // select
define([0x1c, 0x1c], [types], [3, 1]); // select with a type
define([0x20, 0x20], [leb32], [0, 1]); // local.get
define([0x21, 0x21], [leb32], [1, 0]); // local.set
define([0x22, 0x22], [leb32], [1, 1]); // local.tee
define([0x23, 0x23], [leb32], [0, 1]); // global.get
define([0x24, 0x24], [leb32], [1, 0]); // global.set
define([0x28, 0x35], [alignment, leb32], [1, 1]); // loads: alignment, offset
define([0x36, 0x3e], [alignment, leb32], [2, 0]); // stores
define([0x3f, 0x3f], [leb32], [0, 1]); // memory.size
define([0x40, 0x40], [leb32], [1, 1], 1_000); // memory.grow
define([0x41, 0x41], [leb32], [0, 1]); // i32.const
define([0x42, 0x42], [leb64], [0, 1]); // i64.const
define([0x43, 0x43], [f32], [0, 1]); // f32.const
define([0x44, 0x44], [f64], [0, 1]); // f64.const
define([0x45, 0x45], [], [1, 1]); // i32.eqz
define([0x46, 0x4f], [], [2, 1]); // i32 comparisons
define([0x50, 0x50], [], [1, 1]); // i64.eqz
define([0x51, 0x66], [], [2, 1]); // i64, f32 and f64 comparisons
define([0x67, 0x69], [], [1, 1]); // i32.clz, ctz, popcnt
define([0x6a, 0x6c], [], [2, 1]); // i32.add, sub, mul
define([0x6d, 0x70], [], [2, 1], 8); // i32.div, rem
define([0x71, 0x78], [], [2, 1]); // i32 logic and shifts
define([0x79, 0x7b], [], [1, 1]); // i64.clz, ctz, popcnt
define([0x7c, 0x7e], [], [2, 1]); // i64.add, sub, mul
define([0x7f, 0x82], [], [2, 1], 16); // i64.div, rem
define([0x83, 0x8a], [], [2, 1]); // i64 logic and shifts
for (const at of [0x8b, 0x99]) {
  define([at, at + 1], [], [1, 1]); // f32 and f64: abs, neg
  define([at + 2, at + 5], [], [1, 1], 2); // ceil, floor, trunc, nearest
  define([at + 6, at + 6], [], [1, 1], 8); // sqrt
  define([at + 7, at + 9], [], [2, 1]); // add, sub, mul
  define([at + 10, at + 10], [], [2, 1], 6); // div
  define([at + 11, at + 12], [], [2, 1], 3); // min, max
  define([at + 13, at + 13], [], [2, 1], 2); // copysign
}
define([0xa7, 0xa7], [], [1, 1]); // i32.wrap_i64
define([0xa8, 0xab], [], [1, 1], 3); // i32.trunc
define([0xac, 0xad], [], [1, 1]); // i64.extend_i32
define([0xae, 0xb1], [], [1, 1], 3); // i64.trunc
define([0xb2, 0xbb], [], [1, 1], 2); // conversions to f32 and f64
define([0xbc, 0xbf], [], [1, 1]); // reinterpret
define([0xc0, 0xc4], [], [1, 1]); // sign extension
define([0xfc00, 0xfc07], [], [1, 1], 3); // saturating conversions
define([0xfc08, 0xfc08], [leb32, leb32], [3, 0], 16); // memory.init
define([0xfc09, 0xfc09], [leb32], [0, 0]); // data.drop
define([0xfc0a, 0xfc0a], [leb32, leb32], [3, 0], 16); // memory.copy
define([0xfc0b, 0xfc0b], [leb32], [3, 0], 16); // memory.fill

/** Reads an opcode; what stands behind the prefix `0xfc` is read as `0xfc00` and its number. */
export function readOpcode(code: BinaryReader): number {
  const byte = code.byte();
  return byte === PREFIX ? (PREFIX << 8) + code.u32() : byte;
}

/** @throws {@link InvalidProgramError} for what nodes do not run. */
export function instructionOf(opcode: number): Instruction {
  const instruction = instructions.get(opcode);
  if (instruction === undefined) throw unsupported(featureOf(opcode), opcode);
  return instruction;
}

/** Checks every instruction of one function body, which the engine has found valid. */
export function checkInstructions(body: BinaryReader): void {
  while (!body.atEnd) {
    const { immediates } = instructionOf(readOpcode(body));
    for (const skip of immediates) skip(body);
  }
}

/** Reads one of the four number types. */
export function checkValueType(reader: BinaryReader): number {
  const type = reader.byte();
  if (type === 0x7b) throw unsupported("SIMD", type);
  if (type < 0x7c || type > 0x7f) throw unsupported("reference types", type);
  return type;
}

const EMPTY_TYPE = 0x40;
/** A signed number is negative if its last byte has it. */
const SIGN = 0x40;

/** Reads a block's type: how many results it has, or the index of its type. */
export function readBlockType(reader: BinaryReader): { results: number } | { index: number } {
  const first = reader.peek();
  if (first === EMPTY_TYPE) {
    reader.byte();
    return { results: 0 };
  }
  if (first < 0x80 && (first & SIGN) !== 0) {
    checkValueType(reader);
    return { results: 1 };
  }
  let index = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = reader.byte();
    index += (byte & 0x7f) * 2 ** shift;
    if (byte >= 0x80) continue;
    // The engine takes the types from above in several bytes too.
    if ((byte & SIGN) !== 0) throw unsupported("a padded block type", byte);
    return { index };
  }
}

export function unsupported(feature: string, code: number): InvalidProgramError {
  return new InvalidProgramError(
    "PROGRAM_FEATURE",
    `it uses ${feature}, which nodes do not run. Compile for WebAssembly 1.0 with sign extension, saturating conversions and bulk memory at most.`,
    { details: `byte 0x${code.toString(16).padStart(2, "0")}` },
  );
}

function featureOf(opcode: number): string {
  if (opcode >= PREFIX << 8) return "instructions that change tables";
  if (opcode === 0xfd) return "SIMD";
  if (opcode === 0xfe) return "threads";
  if (opcode === 0xfb) return "garbage collection";
  if (opcode === 0x12 || opcode === 0x13 || opcode === 0x15) return "tail calls";
  if ((opcode >= 0x06 && opcode <= 0x0a) || (opcode >= 0x18 && opcode <= 0x1f)) return "exceptions";
  return "reference types";
}
