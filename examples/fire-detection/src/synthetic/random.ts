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

/** Mixes 32 bits so that each output bit depends on every input bit (MurmurHash3's finaliser). */
function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Uniform in [0, 1), the same for the same three integers. */
export function hash(seed: number, x: number, y: number): number {
  return (
    mix(Math.imul(x, 0x9e3779b1) ^ Math.imul(y, 0x85ebca77) ^ Math.imul(seed, 0xc2b2ae3d)) / 2 ** 32
  );
}

/** A Weyl sequence through {@link mix}: enough for textures, nothing for secrets. */
export function createRandom(seed: number): Random {
  const key = mix(seed ^ 0x5bd1e995);
  let state = key;
  const next = () => {
    state = (state + 0x9e3779b9) | 0;
    return mix(mix(state)) / 2 ** 32;
  };
  return {
    next,
    between: (low, high) => low + (high - low) * next(),
    // Box–Muller; 1 − u is never 0.
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    fork: (label) => createRandom(mix(key + label)),
  };
}
