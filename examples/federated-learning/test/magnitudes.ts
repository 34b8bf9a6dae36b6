import type { Random } from "../../../test/fixtures/random.ts";

/** A kind of float: its largest number, and the exponents of its unit in the last place from denormal numbers on. */
export const FLOATS = {
  f32: { largest: 2 ** 128 - 2 ** 104, smallest: 2 ** -149, ulp: { from: -149, to: 107 } },
  f64: { largest: Number.MAX_VALUE, smallest: Number.MIN_VALUE, ulp: { from: -1074, to: 1003 } },
} as const;

export type FloatName = keyof typeof FLOATS;

/** value · 2^exponent, in steps that each are a number. */
export function scale(value: number, exponent: number): number {
  let scaled = value;
  let left = exponent;
  for (; left > 1000; left -= 1000) scaled *= 2 ** 1000;
  for (; left < -1000; left += 1000) scaled *= 2 ** -1000;
  return scaled * 2 ** left;
}

export const vector = (float: FloatName, values: readonly number[]) =>
  float === "f32" ? Float32Array.from(values) : Float64Array.from(values);

/** A value that is finite, of any size, as often at either end as in between. */
export function anywhere(random: Random, float: FloatName): number {
  const { largest, smallest } = FLOATS[float];
  const sign = random.below(2) === 0 ? 1 : -1;
  const special = [largest, smallest, 0, 1, Math.sqrt(largest), Math.sqrt(smallest)];
  if (random.below(2) === 0) return sign * (special[random.below(special.length)] ?? 0);
  const view = new DataView(random.bytes(8).buffer);
  const value = float === "f32" ? view.getFloat32(0) : view.getFloat64(0);
  return Number.isFinite(value) ? value : sign * largest;
}

/**
 * What f clients send who work together: the ends of the range, any bits, far from the honest rows in the direction of one coordinate or of
 * all, beside one of them, or copies of one.
 */
export function attack(
  random: Random,
  float: FloatName,
  honest: readonly (readonly number[])[],
  f: number,
): number[][] {
  const d = honest[0]?.length ?? 0;
  const one = honest[random.below(honest.length)] ?? [];
  const { largest, smallest } = FLOATS[float];
  const within = (x: number) => Math.max(-largest, Math.min(largest, x));
  const far = 10 ** random.below(float === "f32" ? 38 : 300);
  const kinds: (() => number[])[] = [
    () => Array(d).fill(largest),
    () => Array.from({ length: d }, (_, c) => (c % 2 === 0 ? largest : -largest)),
    () => Array.from({ length: d }, () => anywhere(random, float)),
    () => one.map((x) => within(x * far)),
    () => one.map((x, c) => (c === 0 ? within(-x * far) : x)),
    () => one.map((x) => within(x + smallest * random.below(1_000))),
    () => [...one],
    () => one.map((x) => -x),
    () => Array(d).fill(0),
  ];
  const shared = kinds[random.below(kinds.length)];
  const together = random.below(2) === 0;
  return Array.from({ length: f }, () =>
    ((together ? shared : kinds[random.below(kinds.length)]) ?? (() => [...one]))(),
  );
}
