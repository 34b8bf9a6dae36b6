import { bitsOf32, bitsOf64, f32, f64 } from "./bits.ts";
import type { Operation } from "./operation.ts";

interface Format {
  read(bits: bigint): number;
  /** Rounds, and makes a NaN canonical. */
  write(value: number): bigint;
  sign: bigint;
}

const single: Format = { read: f32, write: bitsOf32, sign: 1n << 31n };
const double: Format = { read: f64, write: bitsOf64, sign: 1n << 63n };

/** To the nearest whole number, the even one of two. */
function nearest(value: number): number {
  if (!Number.isFinite(value) || Math.abs(value) >= 2 ** 52) return value;
  const below = Math.floor(value);
  const rest = value - below;
  const rounded = rest < 0.5 || (rest === 0.5 && below % 2 === 0) ? below : below + 1;
  return rounded === 0 && (value < 0 || Object.is(value, -0)) ? -0 : rounded;
}

/**
 * JavaScript rounds each operation to double precision. Rounding that to single precision once more gives what one rounding gives, for
 * `+ - * /` and the square root: double has more than twice the digits of single, and two.
 */
function floats({ read, write, sign }: Format): {
  comparisons: Operation[];
  arithmetic: Operation[];
} {
  const compare =
    (holds: (a: number, b: number) => boolean): Operation =>
    (a, b) =>
      holds(read(a), read(b)) ? 1n : 0n;
  const unary =
    (of: (a: number) => number): Operation =>
    (a) =>
      write(of(read(a)));
  const binary =
    (of: (a: number, b: number) => number): Operation =>
    (a, b) =>
      write(of(read(a), read(b)));
  return {
    comparisons: [
      compare((a, b) => a === b),
      compare((a, b) => a !== b),
      compare((a, b) => a < b),
      compare((a, b) => a > b),
      compare((a, b) => a <= b),
      compare((a, b) => a >= b),
    ],
    arithmetic: [
      (a) => a & ~sign,
      (a) => a ^ sign,
      unary(Math.ceil),
      unary(Math.floor),
      unary(Math.trunc),
      unary(nearest),
      unary(Math.sqrt),
      binary((a, b) => a + b),
      binary((a, b) => a - b),
      binary((a, b) => a * b),
      binary((a, b) => a / b),
      binary(Math.min),
      binary(Math.max),
      (a, b) => (a & ~sign) | (b & sign),
    ],
  };
}

const f32Operations = floats(single);
const f64Operations = floats(double);

export const floatOperations: readonly (readonly [first: number, readonly Operation[]])[] = [
  [0x5b, f32Operations.comparisons],
  [0x61, f64Operations.comparisons],
  [0x8b, f32Operations.arithmetic],
  [0x99, f64Operations.arithmetic],
];
