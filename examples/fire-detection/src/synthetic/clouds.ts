import { fractalNoise, type Noise } from "./noise.ts";

/** Reflectance of a thick cloud at each of `WAVELENGTHS_UM`: water clouds absorb in the short-wave infrared. */
export const CLOUD_RHO = [0.38, 0.5, 0.72, 0.74, 0.75, 0.77, 0.78] as const;

/** From this share on, a cloud hides fires beneath it from every optical sensor. */
export const OPAQUE = 0.95;

/** Share of a pixel's light that clouds take, 0 to 1: fair-weather heaps with soft edges over about a tenth of the scene. */
export function cloudsOf(seed: number, wavelength = 46): Noise {
  const heaps = fractalNoise(seed + 8_000, { octaves: 5, wavelength });
  return (x, y) => {
    const thick = (heaps(x, y) - 0.52) * 4;
    return Math.min(1, Math.max(0, thick));
  };
}
