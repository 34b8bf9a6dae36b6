import { ModelError } from "../onnx/modelError.ts";

/** A positive factor as multiplier · 2^−shift. */
export interface FixedPoint {
  /** From 0 to 2³¹ − 1. */
  multiplier: number;
  /** From 1 to 62. */
  shift: number;
}

const BITS = 31;
const MAX_SHIFT = 62;

/**
 * The factor with 31 significant bits, and fewer where it is so small that it makes 0 of every sum.
 * @param what - the layer in words, for errors.
 * @throws {@link ModelError} when the factor is 2³⁰ or more: no trained layer has such.
 */
export function fixedPoint(factor: number, what: string): FixedPoint {
  if (factor === 0) return { multiplier: 0, shift: 1 };
  // Not by a logarithm, whose last bit is the engine's.
  let shift = BITS;
  let scaled = factor * 2 ** BITS;
  while (scaled < 2 ** (BITS - 1) && shift < MAX_SHIFT) {
    scaled *= 2;
    shift++;
  }
  while (Math.round(scaled) >= 2 ** BITS && shift > 0) {
    scaled /= 2;
    shift--;
  }
  if (shift >= 1 && Number.isFinite(factor)) return { multiplier: Math.round(scaled), shift };
  throw new ModelError(
    `${what} makes numbers ${factor.toPrecision(2)} times finer than those it takes: give other calibration images, or train the model again.`,
  );
}

/** The factor itself. */
export const factorOf = ({ multiplier, shift }: FixedPoint): number => multiplier / 2 ** shift;
