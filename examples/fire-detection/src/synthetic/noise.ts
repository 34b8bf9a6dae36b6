import { hash } from "./random.ts";

/** A smooth random surface with values around 0, mostly within ±1. */
export type Noise = (x: number, y: number) => number;

const DIRECTIONS = 256;
const COS = Float64Array.from({ length: DIRECTIONS }, (_, i) =>
  Math.cos((2 * Math.PI * i) / DIRECTIONS),
);
const SIN = Float64Array.from({ length: DIRECTIONS }, (_, i) =>
  Math.sin((2 * Math.PI * i) / DIRECTIONS),
);

function ease(t: number): number {
  return t * t * t * (t * (t * 6 - 15) + 10);
}

/** Gradient noise: one random slope at every integer point, eased in between (Perlin 2002). */
export function gradientNoise(seed: number): Noise {
  const slope = (ix: number, iy: number, dx: number, dy: number) => {
    const direction = Math.floor(hash(seed, ix, iy) * DIRECTIONS);
    return (COS[direction] ?? 0) * dx + (SIN[direction] ?? 0) * dy;
  };
  return (x, y) => {
    const ix = Math.floor(x);
    const iy = Math.floor(y);
    const fx = x - ix;
    const fy = y - iy;
    const u = ease(fx);
    const top = slope(ix, iy, fx, fy) * (1 - u) + slope(ix + 1, iy, fx - 1, fy) * u;
    const bottom =
      slope(ix, iy + 1, fx, fy - 1) * (1 - u) + slope(ix + 1, iy + 1, fx - 1, fy - 1) * u;
    return (top + (bottom - top) * ease(fy)) * Math.SQRT2;
  };
}

/** Octaves of {@link gradientNoise}: each twice as fine and half as strong as the one before. */
export function fractalNoise(
  seed: number,
  { octaves, wavelength }: { octaves: number; wavelength: number },
): Noise {
  const layers = Array.from({ length: octaves }, (_, i) => ({
    noise: gradientNoise(seed + 101 * i),
    frequency: 2 ** i / wavelength,
    strength: 2 ** -i,
  }));
  return (x, y) => {
    let sum = 0;
    for (const { noise, frequency, strength } of layers) {
      sum += strength * noise(x * frequency, y * frequency);
    }
    return sum;
  };
}
