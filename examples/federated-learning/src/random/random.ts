import { mixBits, uniformStream } from "../../../shared/src/random/uniform.ts";
import { exp, log } from "./elementary.ts";

/** A stream of numbers that follows from its seed alone, to the bit on every machine. For simulations, not for secrets. */
export interface Random {
  /** Uniform in [0, 1), 32 bits. */
  next(): number;
  /** A whole number from 0 to `limit` − 1. */
  below(limit: number): number;
  /** Standard normal. */
  normal(): number;
  /** Gamma-distributed with scale 1. */
  gamma(shape: number): number;
  shuffle<T>(values: readonly T[]): T[];
}

/** One seed from several numbers, so that each purpose, round and client has a stream of its own. */
export function seedOf(...parts: readonly number[]): number {
  return parts.reduce(
    (seed, part) => mixBits(Math.imul(seed, 0x9e3779b1) ^ mixBits(part + 0x7f4a7c15)),
    1,
  );
}

export function createRandom(seed: number): Random {
  const { next } = uniformStream(seed);
  const below = (limit: number) => Math.floor(next() * limit);
  /** Marsaglia's polar method. */
  const normal = (): number => {
    for (;;) {
      const u = 2 * next() - 1;
      const v = 2 * next() - 1;
      const s = u * u + v * v;
      if (s < 1 && s > 0) return u * Math.sqrt((-2 * log(s)) / s);
    }
  };
  /** Marsaglia and Tsang 2000; below 1 by Gamma(a) = Gamma(a + 1) · U^(1/a). */
  const gamma = (shape: number): number => {
    if (shape < 1) return gamma(shape + 1) * exp(Math.max(-690, log(1 - next()) / shape));
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = normal();
      const t = 1 + c * x;
      const v = t * t * t;
      if (v <= 0) continue;
      const u = 1 - next();
      if (log(u) < 0.5 * x * x + d - d * v + d * log(v)) return d * v;
    }
  };
  return {
    next,
    below,
    normal,
    gamma,
    shuffle(values) {
      const shuffled = [...values];
      for (let i = shuffled.length - 1; i > 0; i--) {
        const j = below(i + 1);
        const [a, b] = [shuffled[i], shuffled[j]] as [(typeof shuffled)[0], (typeof shuffled)[0]];
        shuffled[i] = b;
        shuffled[j] = a;
      }
      return shuffled;
    },
  };
}
