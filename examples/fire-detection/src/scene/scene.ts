import type { Georeference } from "./georeference.ts";

/** The three bands that HOTMAP reads: 2.19 µm, 1.61 µm and the near-infrared (0.86 µm). */
export const BAND_NAMES = ["12", "11", "nir"] as const;
export type BandName = (typeof BAND_NAMES)[number];

/** Where each band stands in a file, counted from 0. */
export type BandIndices = Readonly<Record<BandName, number>>;

export interface Sensor {
  /** As FIRMS would write it, for example `Sentinel-2A`. */
  satellite: string;
  instrument: string;
}

/** One image over one place at one time, as the sensor's product gives it. */
export interface Scene {
  /** For titles: the file's name without its folder, or what made the scene. */
  name: string;
  /** Pixels. */
  width: number;
  /** Pixels. */
  height: number;
  /** Raw digital numbers (DN), row by row from the north-west corner: `bands["12"][y * width + x]`. */
  bands: Readonly<Record<BandName, Float32Array>>;
  /** reflectance = (DN + offset) · scale */
  scale: number;
  /** DN; reflectance = (DN + offset) · scale */
  offset: number;
  /** The DN that means "nothing was measured here"; NaN when only NaN itself means that. */
  nodata: number;
  /** The DN from which a pixel counts as saturated. */
  saturation: number;
  /** Where the scene lies on Earth, if it says so. */
  georeference?: Georeference;
  /** Day of acquisition, `YYYY-MM-DD`, if it is known. */
  acquired?: string;
  sensor?: Sensor;
  /** Every pixel that burns, by row, then by column; known of made-up scenes only. */
  truth?: readonly Pixel[];
  /** What a person should hear before believing the results: one line each. */
  warnings: readonly string[];
}

/** A pixel of a scene: column from the west edge, row from the north edge, both from 0. */
export interface Pixel {
  x: number;
  y: number;
}

/** Sentinel-2 products write this DN where a detector was saturated. */
export const SATURATED_DN = 65_535;

/** Sentinel-2 and Landsat products write this DN where nothing was measured. */
export const NODATA_DN = 0;
