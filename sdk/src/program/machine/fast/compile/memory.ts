import { type Code, MEMORY, OP, TYPE, type ValueType } from "../../wasm/code.ts";
import { leaveIf, PARAMETER, type Place, type Site } from "./site.ts";
import { push, take, type Value } from "./values.ts";

const { i32, i64 } = TYPE;

/** Opcodes of loads and stores from 0x28 on, those of floats by their bits; what is loaded or stored, and of how many bytes. */
const ACCESSES: readonly (readonly [opcode: number, type: ValueType, byteLength: number])[] = [
  [0x28, i32, 4],
  [0x29, i64, 8],
  [0x28, i32, 4],
  [0x29, i64, 8],
  [0x2c, i32, 1],
  [0x2d, i32, 1],
  [0x2e, i32, 2],
  [0x2f, i32, 2],
  [0x30, i64, 1],
  [0x31, i64, 1],
  [0x32, i64, 2],
  [0x33, i64, 2],
  [0x34, i64, 4],
  [0x35, i64, 4],
  [0x36, i32, 4],
  [0x37, i64, 8],
  [0x36, i32, 4],
  [0x37, i64, 8],
  [0x3a, i32, 1],
  [0x3b, i32, 2],
  [0x3c, i64, 1],
  [0x3d, i64, 2],
  [0x3e, i64, 4],
];

const accessOf = (opcode: number) => ACCESSES[opcode - 0x28] as (typeof ACCESSES)[number];

/** Leaves if the access is not within the memory. The memory itself may be larger, as it never shrinks. */
function guard(
  site: Site,
  { address, end, place }: { address: Value; end: number; place: Place },
): void {
  const { code } = site;
  push(code, address, i64);
  code.i64(end);
  code.op(OP.i64Add);
  code.get(PARAMETER.bytes);
  code.op(OP.i64GtU);
  leaveIf(site, place);
}

export function writeLoad(site: Site, opcode: number, place: Place): void {
  const { code, slots, blocks } = site;
  const [load, type, byteLength] = accessOf(opcode);
  const offset = blocks.reader.low(place.pc);
  const address = slots.get(place.height - 1);
  guard(site, { address, end: offset + byteLength, place });
  push(code, address, i32);
  code.access(load, MEMORY.program, offset);
  slots.set(place.height - 1, take(code, type));
}

export function writeStore(site: Site, opcode: number, place: Place): void {
  const { code, slots, blocks } = site;
  const [store, type, byteLength] = accessOf(opcode);
  const offset = blocks.reader.low(place.pc);
  const [address, value] = [slots.get(place.height - 2), slots.get(place.height - 1)];
  guard(site, { address, end: offset + byteLength, place });
  push(code, address, i32);
  push(code, value, type);
  code.access(store, MEMORY.program, offset);
}

/** Pages of the memory. */
export function writeSize(code: Code): Value {
  code.get(PARAMETER.bytes);
  code.i64(16);
  code.op(OP.i64ShrU);
  return take(code, i64);
}
