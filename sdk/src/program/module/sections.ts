import type { BinaryReader } from "./binary.ts";
import { checkValueType, instructionOf, OPCODE, readOpcode, unsupported } from "./instructions.ts";

/** The sections of a module by their ids. */
export const SECTION = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
  tag: 13,
} as const;

/** Kinds of imports and exports. */
export const KIND = { function: 0, table: 1, memory: 2, global: 3 } as const;

export const I32 = 0x7f;
export const I64 = 0x7e;
export const F32 = 0x7d;
export const F64 = 0x7c;

export interface Signature {
  parameters: number[];
  results: number[];
}

const TYPE_NAMES: Record<number, string> = {
  [I32]: "i32",
  [I64]: "i64",
  [F32]: "f32",
  [F64]: "f64",
};

/** As people read it; equal types read alike. */
export function describeSignature({ parameters, results }: Signature): string {
  const names = (types: number[]) => types.map((type) => TYPE_NAMES[type]).join(", ");
  return `(${names(parameters)}) -> (${names(results)})`;
}

export function readSignature(reader: BinaryReader): Signature {
  const form = reader.byte();
  if (form !== 0x60) throw unsupported("garbage collection", form);
  return { parameters: list(reader, checkValueType), results: list(reader, checkValueType) };
}

export function list<Item>(reader: BinaryReader, read: (reader: BinaryReader) => Item): Item[] {
  const items: Item[] = [];
  for (let left = reader.u32(); left > 0; left--) items.push(read(reader));
  return items;
}

/** Reads past a global and its initial value, and says whether it is mutable. */
export function skipGlobal(reader: BinaryReader): boolean {
  checkValueType(reader);
  const mutable = reader.byte() === 1;
  skipExpression(reader);
  return mutable;
}

/** Reads past a constant expression and its `end`. */
export function skipExpression(reader: BinaryReader): void {
  for (let opcode = -1; opcode !== OPCODE.end; ) {
    opcode = readOpcode(reader);
    for (const skip of instructionOf(opcode).immediates) skip(reader);
  }
}
