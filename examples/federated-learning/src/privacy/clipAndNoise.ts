import type { Random } from "../random/random.ts";

export interface PrivacyOptions {
  /** Longest norm of an update. */
  clip: number;
  /** Standard deviation of the noise on the sum of all updates, in units of `clip`. */
  noise: number;
}

/**
 * An update no longer than `clip`, plus this client's share of the noise: N(0, (noise · clip)² / shares) on each coordinate, so that the
 * sum over all `shares` clients has the whole of it.
 *
 * The noise of the example follows from its seed, so that runs can be repeated; whoever knows the seed can take it off again. To protect
 * anybody it has to come from the operating system's generator.
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
