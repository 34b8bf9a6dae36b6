import type { Algorithm } from "../algorithms/algorithm.ts";
import { type Georeference, pixelCentre, pixelSizeMetres } from "../scene/georeference.ts";
import { type Pixel, type Scene, valueAt } from "../scene/scene.ts";
import { modisPixelSize } from "../sensors/modisPixel.ts";
import type { Detection, Detections } from "../tiles/detection.ts";

/** The columns of NASA FIRMS's VIIRS active-fire files, in their order. */
export const VIIRS_COLUMNS = [
  "latitude",
  "longitude",
  "bright_ti4",
  "scan",
  "track",
  "acq_date",
  "acq_time",
  "satellite",
  "instrument",
  "confidence",
  "version",
  "bright_ti5",
  "frp",
  "daynight",
] as const;

/** The columns of NASA FIRMS's MODIS active-fire files, in their order. */
export const MODIS_COLUMNS = [
  "latitude",
  "longitude",
  "brightness",
  "scan",
  "track",
  "acq_date",
  "acq_time",
  "satellite",
  "instrument",
  "confidence",
  "version",
  "bright_t31",
  "frp",
  "daynight",
] as const;

/**
 * The detections as a CSV file with FIRMS's columns, for tools that read those: MODIS's for MODIS, VIIRS's for all others.
 * `scan` and `track` are the size of a pixel in kilometres, brightness is in kelvin, `frp` in megawatts. MODIS's size is that of its
 * place in the swath, whose area its power is of, rather than that of the grid which it was brought to.
 *
 * Columns that cannot be known are empty rather than made up: brightness temperatures and radiative power of Sentinel-2 and
 * Landsat, whose bands measure reflected sunlight as well as heat, and their confidence but for the learned detector's percentage, because the other
 * algorithms have none; the radiative power of VIIRS where the scene has no band M13, which it is measured in; and the time of day, where the scene gives a date only.
 */
export function toFirmsCsv(
  scene: Scene & { georeference: Georeference },
  { pixels }: Detections,
  algorithm: Pick<Algorithm, "name">,
): string {
  const columns = scene.kind === "modis" ? MODIS_COLUMNS : VIIRS_COLUMNS;
  const lines = pixels.map((pixel) => {
    const { lon, lat } = pixelCentre(scene.georeference, pixel);
    const size = pixelSizeKm(scene, pixel);
    const values: Record<string, string> = {
      latitude: lat.toFixed(5),
      longitude: lon.toFixed(5),
      scan: size.scanKm.toFixed(3),
      track: size.trackKm.toFixed(3),
      acq_date: scene.acquired ?? "",
      acq_time: scene.acquiredAt?.replaceAll(":", "").slice(0, 4) ?? "",
      satellite: satelliteCode(scene.sensor?.satellite ?? ""),
      instrument: scene.sensor?.instrument ?? INSTRUMENTS[scene.kind] ?? "",
      // Who made the list, as FIRMS's has collection and processor.
      version: `assay-${algorithm.name}-1`,
      ...heatColumns(scene, pixel),
    };
    return columns.map((column) => quoted(values[column] ?? "")).join(",");
  });
  return `${[columns.join(","), ...lines].join("\n")}\n`;
}

function pixelSizeKm(
  scene: Scene & { georeference: Georeference },
  pixel: Pixel,
): { scanKm: number; trackKm: number } {
  const { sample } = scene.bands;
  if (scene.kind === "modis" && sample !== undefined) {
    return modisPixelSize(valueAt(sample, pixel.y * scene.width + pixel.x));
  }
  const { width, height } = pixelSizeMetres(scene.georeference, pixel);
  return { scanKm: width / 1_000, trackKm: height / 1_000 };
}

/** Known by the algorithm, whatever the file is called. */
const INSTRUMENTS: Readonly<Partial<Record<Scene["kind"], string>>> = {
  viirs: "VIIRS",
  modis: "MODIS",
};

/** FIRMS's attribute tables of VIIRS and Landsat call satellites by codes; MODIS's names are their own. */
const CODES: Readonly<Record<string, string>> = {
  "Suomi NPP": "N",
  "NOAA-20": "N20",
  "NOAA-21": "N21",
  "Landsat 8": "L8",
  "Landsat 9": "L9",
};

function satelliteCode(satellite: string): string {
  return CODES[satellite] ?? satellite;
}

/** The columns that only sensors with thermal bands have. */
function heatColumns(
  { kind }: Pick<Scene, "kind">,
  { rule, values }: Detection,
): Record<string, string> {
  const number = (name: string, decimals: number) => values[name]?.toFixed(decimals) ?? "";
  const daynight = { daynight: values.is_day === 0 ? "N" : "D" };
  switch (kind) {
    case "viirs":
      return {
        ...daynight,
        bright_ti4: number("bright_ti4_k", 2),
        bright_ti5: number("bright_ti5_k", 2),
        frp: number("frp_mw", 2),
        confidence: rule,
      };
    case "modis":
      return {
        ...daynight,
        brightness: number("brightness_t4_k", 2),
        bright_t31: number("brightness_t11_k", 2),
        frp: number("frp_mw", 2),
        confidence: number("confidence_percent", 0),
      };
    default:
      return { confidence: number("confidence_percent", 0) };
  }
}

/** RFC 4180. */
function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
