/** Mixes 32 bits so that each output bit depends on every input bit (MurmurHash3's finaliser). */
export function mixBits(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A stream of numbers that follows from its seed alone, to the bit on every machine. For simulations, not for secrets. */
export interface UniformStream {
  /** 32 bits that follow from the seed, for the seeds of further streams. */
  key: number;
  /** The next number, uniform in [0, 1), with 32 bits. */
  next(): number;
}

/** A Weyl sequence through {@link mixBits}. */
export function uniformStream(seed: number): UniformStream {
  const key = mixBits(seed ^ 0x5bd1e995);
  let state = key;
  return {
    key,
    next() {
      state = (state + 0x9e3779b9) | 0;
      return mixBits(mixBits(state)) / 2 ** 32;
    },
  };
}
