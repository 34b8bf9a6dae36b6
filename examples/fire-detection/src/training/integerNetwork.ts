import type { IntegerLayer } from "../algorithms/learnedWeights.ts";
import { OCTAVE } from "./features.ts";
import type { Layer, Network } from "./network.ts";

/** Bits of {@link OCTAVE}: inputs and units are in 1/128. */
const FRACTION = Math.log2(OCTAVE);
/** Units end here, which keeps every sum within 32 bits. */
const LARGEST_UNIT = 32_767;
const LARGEST_WEIGHT = 127;
/** Keeps a bias within 32 bits. */
const MOST_SHIFT = 14;

/** Rounds each unit's weights to 8 bits by the largest power of two that they all bear. */
export function toIntegers({ layers }: Network): IntegerLayer[] {
  return layers.map(({ inputs, units, weights, biases }: Layer) => {
    const rounded: number[] = [];
    const shifts: number[] = [];
    const scaled: number[] = [];
    for (let unit = 0; unit < units; unit++) {
      const own = weights.subarray(unit * inputs, (unit + 1) * inputs);
      const largest = own.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
      let shift = 0;
      while (shift < MOST_SHIFT && largest * 2 ** (shift + 1) <= LARGEST_WEIGHT) shift++;
      shifts.push(shift);
      for (const weight of own) rounded.push(Math.round(weight * 2 ** shift));
      scaled.push(Math.round((biases[unit] ?? 0) * 2 ** (shift + FRACTION)));
    }
    return { inputs, weights: rounded, biases: scaled, shifts };
  });
}

/** The logarithm of the odds in 1/128, as `assembly/learned.ts` works it out. */
export function integerOutput(layers: readonly IntegerLayer[], inputs: Int32Array): number {
  let values = inputs;
  for (const [l, { inputs: count, weights, biases, shifts }] of layers.entries()) {
    const isLast = l === layers.length - 1;
    values = Int32Array.from(biases, (bias, unit) => {
      let sum = bias;
      for (let i = 0; i < count; i++) {
        sum += (weights[unit * count + i] as number) * (values[i] as number);
      }
      const shifted = sum >> (shifts[unit] as number);
      return isLast ? shifted : Math.min(LARGEST_UNIT, Math.max(0, shifted));
    });
  }
  return values[0] ?? 0;
}
