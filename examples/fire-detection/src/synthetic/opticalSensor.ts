import { type Band, NODATA_DN, SATURATED_DN } from "../scene/scene.ts";
import type { BandOptics } from "./planck.ts";

/** The calibration of an optical sensor. */
export interface OpticalSensor {
  kind: "sentinel-2" | "landsat";
  pixelMetres: number;
  /** Bands by the sensor's names. `wave` is an index into `WAVELENGTHS_UM`. */
  bands: readonly { name: string; wave: number; optics: BandOptics }[];
  /** reflectance = (DN + offset) · scale, corrected for the sun's elevation. */
  scale: number;
  offset: number;
  /** Reflectance, corrected for the sun, at which the detector saturates. */
  brightest: number;
}

/** Elevation of the sun in all synthetic scenes, degrees. */
export const SUN_ELEVATION = 50;
const SIN_SUN = Math.sin((SUN_ELEVATION * Math.PI) / 180);

const band = (name: string, wave: number, wavelengthUm: number, solarIrradiance: number) => ({
  name,
  wave,
  optics: { wavelengthUm, solarIrradiance },
});

/** Centre wavelengths and solar irradiances of Sentinel-2A's bands 12, 11 and 8A (product metadata). */
export const MSI: OpticalSensor = {
  kind: "sentinel-2",
  pixelMetres: 20,
  bands: [band("12", 0, 2.19, 85.25), band("11", 1, 1.61, 245.59), band("nir", 2, 0.865, 955.32)],
  scale: 1e-4,
  offset: 0,
  brightest: 1.8,
};

/** Landsat 8's OLI: centre wavelengths, band-averaged solar irradiances, and the largest number that 16 bits hold. */
export const OLI: OpticalSensor = {
  kind: "landsat",
  pixelMetres: 30,
  bands: [
    band("1", 6, 0.443, 1_895.3),
    band("2", 5, 0.482, 2_004.6),
    band("3", 4, 0.561, 1_820.8),
    band("4", 3, 0.655, 1_549.5),
    band("5", 2, 0.865, 951.8),
    band("6", 1, 1.609, 247.6),
    band("7", 0, 2.201, 85.5),
  ],
  scale: 2e-5 / SIN_SUN,
  offset: -5_000,
  brightest: 1.2107 / SIN_SUN,
};

/** A band of zeros with the sensor's calibration. */
export function opticalBand({ scale, offset }: OpticalSensor, pixels: number): Band {
  return {
    dn: new Float32Array(pixels),
    scale,
    offset,
    nodata: NODATA_DN,
    saturation: SATURATED_DN,
  };
}

/** The DN of a reflectance. */
export function toDn({ scale, offset, brightest }: OpticalSensor, reflectance: number): number {
  if (reflectance >= brightest) return SATURATED_DN;
  return Math.max(NODATA_DN + 1, Math.round(reflectance / scale - offset));
}
