/** Values of a slot: an i64 or f64 as its 64 bits, an i32 or f32 as its 32 bits, the upper ones zero. */

const view = new DataView(new ArrayBuffer(8));

export const CANONICAL_NAN_32 = 0x7fc0_0000n;
export const CANONICAL_NAN_64 = 0x7ff8_0000_0000_0000n;

export const u32 = (value: bigint): bigint => BigInt.asUintN(32, value);
export const u64 = (value: bigint): bigint => BigInt.asUintN(64, value);
export const s32 = (value: bigint): bigint => BigInt.asIntN(32, value);
export const s64 = (value: bigint): bigint => BigInt.asIntN(64, value);

export function f32(bits: bigint): number {
  view.setUint32(0, Number(bits));
  return view.getFloat32(0);
}

export function f64(bits: bigint): number {
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
}

/** The bits of a number that arithmetic gave: rounded to f32, a NaN the canonical one. */
export function bitsOf32(value: number): bigint {
  if (Number.isNaN(value)) return CANONICAL_NAN_32;
  view.setFloat32(0, value);
  return BigInt(view.getUint32(0));
}

/** The same for f64. */
export function bitsOf64(value: number): bigint {
  if (Number.isNaN(value)) return CANONICAL_NAN_64;
  view.setFloat64(0, value);
  return view.getBigUint64(0);
}
