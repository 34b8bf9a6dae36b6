import type { BinaryReader } from "../../module/binary.ts";
import { binaryReader } from "../../module/binary.ts";
import { OPCODE, readOpcode } from "../../module/instructions.ts";
import type { Module } from "../../module/readModule.ts";
import { SECTION } from "../../module/sections.ts";
import { numericOperations } from "../numeric/index.ts";

/** The parts of a module that set up its state. The engine has found them valid. */

const REF_NULL = 0xd0;
const REF_FUNC = 0xd2;

/** Bytes of an IEEE number, little-endian as everywhere in a module. */
export function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** Reads the operand of a constant instruction, as it lies in a slot; `undefined` if the opcode is none. */
export function readConstant(reader: BinaryReader, opcode: number): bigint | undefined {
  switch (opcode) {
    case OPCODE.i32Const:
      return BigInt.asUintN(32, reader.s64());
    case OPCODE.i64Const:
      return BigInt.asUintN(64, reader.s64());
    case OPCODE.f32Const:
      return littleEndian(reader.bytes(4));
    case OPCODE.f64Const:
      return littleEndian(reader.bytes(8));
    default:
      return undefined;
  }
}

/** In place of a function that is none. */
const NULL = -1n;

/** Evaluates a constant expression: constants, earlier globals, sums and products of both, functions. */
function evaluate(reader: BinaryReader, globals: readonly bigint[]): bigint {
  const stack: bigint[] = [];
  for (;;) {
    const opcode = readOpcode(reader);
    if (opcode === OPCODE.end) return stack.pop() as bigint;
    const constant = readConstant(reader, opcode);
    if (constant !== undefined) {
      stack.push(constant);
    } else if (opcode === OPCODE.globalGet) {
      stack.push(globals[reader.u32()] as bigint);
    } else if (opcode === REF_FUNC) {
      stack.push(BigInt(reader.u32()));
    } else if (opcode === REF_NULL) {
      reader.byte();
      stack.push(NULL);
    } else {
      const [b, a] = [stack.pop() as bigint, stack.pop() as bigint];
      stack.push(numericOperations[opcode]?.(a, b) as bigint);
    }
  }
}

function itemsOf(module: Module, section: number, read: (reader: BinaryReader) => void): void {
  const bytes = module.sections.get(section);
  if (bytes === undefined) return;
  const reader = binaryReader(bytes);
  for (let left = reader.u32(); left > 0; left--) read(reader);
}

/** Types and initial values of the globals of a module without imports. */
export function readGlobals(module: Module): { types: number[]; values: bigint[] } {
  const [types, values]: [number[], bigint[]] = [[], []];
  itemsOf(module, SECTION.global, (reader) => {
    types.push(reader.byte());
    reader.skip(1); // whether it can change
    values.push(evaluate(reader, values));
  });
  return { types, values };
}

export interface ElementSegment {
  table: number;
  offset: number;
  /** Indices of functions; `undefined` for null. */
  functions: (number | undefined)[];
}

/** The active element segments. Nothing can be made of the others, as no instruction changes a table. */
export function readElements(module: Module, globals: readonly bigint[]): ElementSegment[] {
  const segments: ElementSegment[] = [];
  itemsOf(module, SECTION.element, (reader) => {
    const flags = reader.u32();
    const isActive = (flags & 1) === 0;
    const table = isActive && (flags & 2) !== 0 ? reader.u32() : 0;
    const offset = isActive ? Number(evaluate(reader, globals)) : 0;
    if ((flags & 3) !== 0) reader.byte(); // the kind or type of its elements
    const functions: (number | undefined)[] = [];
    for (let left = reader.u32(); left > 0; left--) {
      const index = (flags & 4) === 0 ? BigInt(reader.u32()) : evaluate(reader, globals);
      functions.push(index === NULL ? undefined : Number(index));
    }
    if (isActive) segments.push({ table, offset, functions });
  });
  return segments;
}

export interface DataSegment {
  /** `undefined` for a passive one. */
  offset: number | undefined;
  bytes: Uint8Array;
}

export function readData(module: Module, globals: readonly bigint[]): DataSegment[] {
  const segments: DataSegment[] = [];
  itemsOf(module, SECTION.data, (reader) => {
    const flags = reader.u32();
    if (flags === 2) reader.u32();
    const offset = flags === 1 ? undefined : Number(evaluate(reader, globals));
    segments.push({ offset, bytes: reader.bytes(reader.u32()) });
  });
  return segments;
}
