import type { Random } from "../random/random.ts";

export interface PrivacyOptions {
  /** Maximum Euclidean norm of an update. */
  clip: number;
  /** Standard deviation of the noise on the sum of all updates, in units of `clip`. */
  noise: number;
}

/**
 * Clips an update to the norm `clip` and adds this client's share of the noise: N(0, (noise · clip)² / shares) on each coordinate, so
 * that the sum over all `shares` clients has the variance (noise · clip)².
 *
 * The noise follows from the seed of the example, so that runs can be repeated. Anyone who knows the seed can subtract it: real clients
 * would take noise from the operating system's generator.
 */
export function clipAndNoise(
  update: Float32Array | Float64Array,
  { clip, noise, shares, random }: PrivacyOptions & { shares: number; random: Random },
): Float32Array {
  let squares = 0;
  for (const value of update) squares += value * value;
  const norm = Math.sqrt(squares);
  const factor = norm > clip ? clip / norm : 1;
  const deviation = (noise * clip) / Math.sqrt(shares);
  return Float32Array.from(update, (value) => value * factor + deviation * random.normal());
}
