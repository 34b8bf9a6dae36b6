import { bitsOf32, bitsOf64, f32, f64, s32, s64, u32, u64 } from "./bits.ts";
import { type Operation, TRAP } from "./operation.ts";

interface Range {
  min: bigint;
  max: bigint;
  /** The slot of a number of this type. */
  write(value: bigint): bigint;
}

const signed = (width: bigint, write: Range["write"]): Range => ({
  min: -(1n << (width - 1n)),
  max: (1n << (width - 1n)) - 1n,
  write,
});
const unsigned = (width: bigint): Range => ({ min: 0n, max: (1n << width) - 1n, write: (v) => v });

const ranges = [signed(32n, u32), unsigned(32n), signed(64n, u64), unsigned(64n)] as const;
const [toS32, toU32, toS64, toU64] = ranges;

/** A float to an integer; what does not fit traps. */
function truncate(read: (bits: bigint) => number, { min, max, write }: Range): Operation {
  return (a) => {
    const value = Math.trunc(read(a));
    if (!Number.isFinite(value)) return TRAP;
    const whole = BigInt(value);
    return whole < min || whole > max ? TRAP : write(whole);
  };
}

/** A float to an integer; what does not fit becomes the nearest that does, a NaN zero. */
function saturate(read: (bits: bigint) => number, { min, max, write }: Range): Operation {
  return (a) => {
    const value = Math.trunc(read(a));
    if (Number.isNaN(value)) return 0n;
    if (value === Number.POSITIVE_INFINITY) return write(max);
    if (value === Number.NEGATIVE_INFINITY) return write(min);
    const whole = BigInt(value);
    return write(whole < min ? min : whole > max ? max : whole);
  };
}

/** An integer to an f32 with one rounding: what a double cannot hold is shortened before, with a last bit that remembers the rest. */
function toF32(value: bigint): bigint {
  const magnitude = value < 0n ? -value : value;
  const extra = BigInt(Math.max(0, magnitude.toString(2).length - 40));
  const rest = magnitude & ((1n << extra) - 1n);
  const shortened = (magnitude >> extra) | (rest === 0n ? 0n : 1n);
  const float = Math.fround(Number(shortened)) * 2 ** Number(extra);
  return bitsOf32(value < 0n ? -float : float);
}

/** ECMAScript rounds a BigInt to the nearest double, the even one of two. */
const toF64 = (value: bigint): bigint => bitsOf64(Number(value));

export const conversions: readonly (readonly [first: number, readonly Operation[]])[] = [
  [
    0xa7,
    [
      (a) => u32(a),
      ...[truncate(f32, toS32), truncate(f32, toU32), truncate(f64, toS32), truncate(f64, toU32)],
      (a) => u64(s32(a)),
      (a) => a,
      ...[truncate(f32, toS64), truncate(f32, toU64), truncate(f64, toS64), truncate(f64, toU64)],
      ...[(a: bigint) => toF32(s32(a)), toF32, (a: bigint) => toF32(s64(a)), toF32],
      (a) => bitsOf32(f64(a)),
      ...[(a: bigint) => toF64(s32(a)), toF64, (a: bigint) => toF64(s64(a)), toF64],
      (a) => bitsOf64(f32(a)),
      ...[(a: bigint) => a, (a: bigint) => a, (a: bigint) => a, (a: bigint) => a],
    ],
  ],
  [0xd0, [f32, f64].flatMap((read) => [saturate(read, toS32), saturate(read, toU32)])],
  [0xd4, [f32, f64].flatMap((read) => [saturate(read, toS64), saturate(read, toU64)])],
];
