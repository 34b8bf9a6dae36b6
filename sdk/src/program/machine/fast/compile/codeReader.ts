import { INSTRUCTION_BYTES } from "../../core/opcode.ts";

/** Reads instructions of the machine, by their place. */
export interface CodeReader {
  /** How many there are. */
  readonly length: number;
  opcode(pc: number): number;
  a(pc: number): number;
  b(pc: number): bigint;
  /** The halves of `b`. */
  high(pc: number): number;
  low(pc: number): number;
  /** `b`, where it is the place of an instruction. */
  target(pc: number): number;
}

export function codeReader(code: Uint8Array): CodeReader {
  const view = new DataView(code.buffer, code.byteOffset, code.byteLength);
  const low = (pc: number) => view.getUint32(INSTRUCTION_BYTES * pc + 12);
  return {
    length: code.length / INSTRUCTION_BYTES,
    opcode: (pc) => view.getUint8(INSTRUCTION_BYTES * pc),
    a: (pc) => view.getUint32(INSTRUCTION_BYTES * pc + 4),
    b: (pc) => view.getBigUint64(INSTRUCTION_BYTES * pc + 8),
    high: (pc) => view.getUint32(INSTRUCTION_BYTES * pc + 8),
    low,
    target: low,
  };
}
