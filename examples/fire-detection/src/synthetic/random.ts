import { mixBits, uniformStream } from "../../../shared/src/random/uniform.ts";

/** A stream of numbers that follows from its seed alone. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** Standard normal. */
  normal(): number;
  /** A stream of its own, so that drawing more in one place changes nothing in another. */
  fork(label: number): Random;
}

/** Uniform in [0, 1), the same for the same three integers. */
export function hash(seed: number, x: number, y: number): number {
  return (
    mixBits(Math.imul(x, 0x9e3779b1) ^ Math.imul(y, 0x85ebca77) ^ Math.imul(seed, 0xc2b2ae3d)) /
    2 ** 32
  );
}

/** A stream for textures and for where things are. */
export function createRandom(seed: number): Random {
  const { key, next } = uniformStream(seed);
  return {
    next,
    between: (low, high) => low + (high - low) * next(),
    // Box–Muller; 1 − u is never 0.
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    fork: (label) => createRandom(mixBits(key + label)),
  };
}
