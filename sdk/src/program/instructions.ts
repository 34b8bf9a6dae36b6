import { InvalidProgramError } from "../errors/program.ts";
import type { BinaryReader } from "./binary.ts";

// The instructions that nodes run: WebAssembly 1.0, sign extension, saturating conversions, and the memory half of bulk
// memory. All of them give the same bits on every machine but for NaNs, which the node makes canonical. What came
// later is refused by name: relaxed SIMD gives other results on other machines, threads and atomics race, tail calls
// escape a call-depth limit, and tables that grow are memory beside the memory.

/** Skips one immediate, that is, one operand that follows the opcode. */
type Immediate = (code: BinaryReader) => void;

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

/** The immediates of each instruction that nodes run; the specification's chapter 5.4 has the list. */
const instructions = new Map<number, readonly Immediate[]>([
  [0x00, []], // unreachable
  [0x01, []], // nop
  [0x02, [leb32]], // block
  [0x03, [leb32]], // loop
  [0x04, [leb32]], // if
  [0x05, []], // else
  [0x0b, []], // end
  [0x0c, [leb32]], // br
  [0x0d, [leb32]], // br_if
  [0x0e, [targets, leb32]], // br_table
  [0x0f, []], // return
  [0x10, [leb32]], // call
  [0x11, [leb32, leb32]], // call_indirect
  [0x1a, []], // drop
  [0x1b, []], // select
  [0x1c, [types]], // select with a type
  [0x20, [leb32]], // local.get
  [0x21, [leb32]], // local.set
  [0x22, [leb32]], // local.tee
  [0x23, [leb32]], // global.get
  [0x24, [leb32]], // global.set
  ...range(0x28, 0x3e, [leb32, leb32]), // loads and stores: alignment, offset
  [0x3f, [leb32]], // memory.size
  [0x40, [leb32]], // memory.grow
  [0x41, [leb32]], // i32.const
  [0x42, [leb64]], // i64.const
  [0x43, [f32]], // f32.const
  [0x44, [f64]], // f64.const
  ...range(0x45, 0xc4, []), // numbers
]);

/** The same for the operations behind the prefix `0xfc`. */
const PREFIX = 0xfc;
const prefixed = new Map<number, readonly Immediate[]>([
  ...range(0, 7, []), // saturating conversions
  [8, [leb32, leb32]], // memory.init
  [9, [leb32]], // data.drop
  [10, [leb32, leb32]], // memory.copy
  [11, [leb32]], // memory.fill
]);

/** Checks every instruction of one function body, which the engine has found valid. */
export function checkInstructions(body: BinaryReader): void {
  while (!body.atEnd) {
    const opcode = body.byte();
    const immediates = opcode === PREFIX ? prefixed.get(body.u32()) : instructions.get(opcode);
    if (immediates === undefined) throw unsupported(featureOf(opcode), opcode);
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

export function unsupported(feature: string, byte: number): InvalidProgramError {
  return new InvalidProgramError(
    "PROGRAM_FEATURE",
    `it uses ${feature}, which nodes do not run. Compile for WebAssembly 1.0 with sign extension, saturating conversions and bulk memory at most.`,
    { details: `byte 0x${byte.toString(16).padStart(2, "0")}` },
  );
}

function featureOf(opcode: number): string {
  if (opcode === PREFIX) return "instructions that change tables";
  if (opcode === 0xfd) return "SIMD";
  if (opcode === 0xfe) return "threads";
  if (opcode === 0xfb) return "garbage collection";
  if (opcode === 0x12 || opcode === 0x13 || opcode === 0x15) return "tail calls";
  if ((opcode >= 0x06 && opcode <= 0x0a) || (opcode >= 0x18 && opcode <= 0x1f)) return "exceptions";
  return "reference types";
}

function range(
  first: number,
  last: number,
  immediates: readonly Immediate[],
): [number, readonly Immediate[]][] {
  return Array.from({ length: last - first + 1 }, (_, i) => [first + i, immediates]);
}
