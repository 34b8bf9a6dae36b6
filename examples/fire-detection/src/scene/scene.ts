import type { Georeference } from "./georeference.ts";

/** Instruments whose scenes can be searched. */
export const SENSOR_KINDS = ["sentinel-2", "landsat", "viirs", "modis"] as const;
export type SensorKind = (typeof SENSOR_KINDS)[number];

/** Index of each band in a file, from 0, by the sensor's name for the band (`src/sensors/sensors.ts`). */
export type BandIndices = Readonly<Record<string, number>>;

/** The instrument that took a scene. */
export interface Sensor {
  /** As FIRMS would write it, for example `Sentinel-2A`. */
  satellite: string;
  instrument: string;
}

/** One band as the product holds it. The quantity (reflectance, kelvin or degrees) is (DN + offset) · scale. */
export interface Band {
  /** Digital numbers (DN), row by row from the north-west corner: `dn[y * width + x]`. An array of one number holds for all pixels. */
  dn: Float32Array;
  scale: number;
  /** DN */
  offset: number;
  /** The DN that means "nothing was measured here"; NaN when only NaN itself means that. */
  nodata: number;
  /** The DN from which a pixel counts as saturated. */
  saturation: number;
}

/** One image over one place at one time. */
export interface Scene {
  /** For titles: the file's name without its folder, or what made the scene. */
  name: string;
  kind: SensorKind;
  /** Pixels. */
  width: number;
  /** Pixels. */
  height: number;
  /** Bands by the sensor's names. */
  bands: Readonly<Record<string, Band>>;
  /** Elevation of the sun at the scene's centre, degrees; Landsat's reflectances are corrected for it. */
  sunElevation?: number;
  /** Position of the scene on Earth, if it is known. */
  georeference?: Georeference;
  /** Day of acquisition, `YYYY-MM-DD`, if it is known. */
  acquired?: string;
  /** Time of acquisition, UTC, `HH:MM:SS`, if it is known. */
  acquiredAt?: string;
  sensor?: Sensor;
  /** Every pixel that burns, by row, then by column; known for synthetic scenes only. */
  truth?: readonly Pixel[];
  /** Warnings for the user, one line each. */
  warnings: readonly string[];
}

/** A pixel of a scene: column from the west edge, row from the north edge, both from 0. */
export interface Pixel {
  x: number;
  y: number;
}

/** Equal for two pixels if they have the same column and row. */
export function pixelKey({ x, y }: Pixel): string {
  return `${x},${y}`;
}

/** A pixel and its 8 neighbours, which may lie outside of the scene. */
export function neighbourhood({ x, y }: Pixel): Pixel[] {
  return [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => ({ x: x + dx, y: y + dy })));
}

/** Sentinel-2 and Landsat products write this DN where a detector was saturated. */
export const SATURATED_DN = 65_535;

/** Sentinel-2 and Landsat products write this DN where nothing was measured. */
export const NODATA_DN = 0;

/** A band that has the same value at all pixels. */
export function constantBand(value: number): Band {
  return physicalBand(Float32Array.of(value));
}

/** A band that holds its quantity without scale or offset. NaN is not measured; nothing is saturated. */
export function physicalBand(values: Float32Array): Band {
  return {
    dn: values,
    scale: 1,
    offset: 0,
    nodata: Number.NaN,
    saturation: Number.POSITIVE_INFINITY,
  };
}

/** The DN of pixel `i`. */
export function dnAt({ dn }: Band, i: number): number {
  return (dn.length === 1 ? dn[0] : dn[i]) ?? Number.NaN;
}

/** The quantity at pixel `i`: reflectance, kelvin or degrees. The pixel may be one that was not measured. */
export function valueAt(band: Band, i: number): number {
  return (dnAt(band, i) + band.offset) * band.scale;
}

/** Whether a band was measured at pixel `i`: the DN is finite and not the nodata value. */
export function isMeasured(band: Band, i: number): boolean {
  const dn = dnAt(band, i);
  return Number.isFinite(dn) && dn !== Math.fround(band.nodata);
}
