/** How an 8-bit integer q from −128 to 127 stands for a number: scale · (q − zero). */
export interface Quantisation {
  scale: number;
  zero: number;
}

export const LOWEST = -128;
export const HIGHEST = 127;
const STEPS = HIGHEST - LOWEST;

const clampByte = (q: number): number => Math.min(Math.max(q, LOWEST), HIGHEST);

/** The integer nearest to a number; halves go up. */
export const quantiseValue = (value: number, { scale, zero }: Quantisation): number =>
  clampByte(Math.floor(value / scale + 0.5) + zero);

/** Numbers from `least` to `most`, and 0 exactly: padding is 0, and so is what Relu cuts off. */
export function quantisationOf(least: number, most: number): Quantisation {
  const low = Math.min(least, 0);
  const high = Math.max(most, 0);
  const scale = (high - low) / STEPS || 1;
  return { scale, zero: clampByte(Math.floor(LOWEST - low / scale + 0.5)) };
}

/** Constants: as far below 0 as above, so that a single value is exact. */
export function constantQuantisation(values: Float64Array): Quantisation {
  return {
    scale: values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / HIGHEST || 1,
    zero: 0,
  };
}

/** The least and the most number that a tensor can hold. */
export const rangeOf = ({ scale, zero }: Quantisation): [number, number] => [
  scale * (LOWEST - zero),
  scale * (HIGHEST - zero),
];
