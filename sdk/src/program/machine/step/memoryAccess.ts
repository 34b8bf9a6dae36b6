import { PAGE_BYTES } from "../../module/memory.ts";
import { MACHINE } from "../core/opcode.ts";
import { LEAF_BYTES } from "../merkle/tree.ts";
import type { Cells } from "./cells.ts";

/** Bytes of each load from 0x28 on, negative where the sign is extended; then whether to 64 bits. */
const LOADS: readonly (readonly [bytes: number, width: 32 | 64, isSigned: boolean])[] = [
  [4, 32, false],
  [8, 64, false],
  [4, 32, false],
  [8, 64, false],
  [1, 32, true],
  [1, 32, false],
  [2, 32, true],
  [2, 32, false],
  [1, 64, true],
  [1, 64, false],
  [2, 64, true],
  [2, 64, false],
  [4, 64, true],
  [4, 64, false],
];

/** Bytes of each store from 0x36 on. */
const STORES = [4, 8, 4, 8, 1, 2, 1, 2, 4];

const isInside = (address: number, byteLength: number, pages: number) =>
  address + byteLength <= pages * PAGE_BYTES;

/** A load's slot; `undefined` if it traps. */
export function loadOf(
  cells: Cells,
  { opcode, address, pages }: { opcode: number; address: number; pages: number },
): bigint | undefined {
  const [byteLength, width, isSigned] = LOADS[opcode - MACHINE.firstLoad] as (typeof LOADS)[number];
  if (!isInside(address, byteLength, pages)) return undefined;
  let value = 0n;
  let shift = 0n;
  for (const { at, length } of parts(address, byteLength)) {
    for (const byte of cells.bytes(at, length)) {
      value |= BigInt(byte) << shift;
      shift += 8n;
    }
  }
  return isSigned ? BigInt.asUintN(width, BigInt.asIntN(8 * byteLength, value)) : value;
}

/** Stores the lower bytes of a slot; says whether they lie in the memory. */
export function storeBytes(
  cells: Cells,
  {
    opcode,
    address,
    value,
    pages,
  }: { opcode: number; address: number; value: bigint; pages: number },
): boolean {
  const byteLength = STORES[opcode - MACHINE.firstStore] as number;
  if (!isInside(address, byteLength, pages)) return false;
  let left = value;
  for (const { at, length } of parts(address, byteLength)) {
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i++) {
      bytes[i] = Number(left & 0xffn);
      left >>= 8n;
    }
    cells.setBytes(at, bytes);
  }
  return true;
}

/** What of it lies in the first leaf, and what in the next one. */
function parts(address: number, byteLength: number): { at: number; length: number }[] {
  const first = Math.min(byteLength, LEAF_BYTES - (address % LEAF_BYTES));
  const whole = { at: address, length: first };
  return first === byteLength
    ? [whole]
    : [whole, { at: address + first, length: byteLength - first }];
}
