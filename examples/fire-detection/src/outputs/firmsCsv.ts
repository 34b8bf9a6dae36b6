import { type Georeference, pixelCentre, pixelSizeMetres } from "../scene/georeference.ts";
import type { Scene } from "../scene/scene.ts";
import type { Detections } from "../tiles/detection.ts";

/** The columns of NASA FIRMS's VIIRS active-fire files, in their order. */
export const FIRMS_COLUMNS = [
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

type Column = (typeof FIRMS_COLUMNS)[number];

/** Who made the list, as FIRMS's `version` has collection and processor. */
const VERSION = "assay-hotmap-1";

/**
 * The detections as a CSV file with FIRMS's VIIRS columns, for tools that read those. `scan` and `track` are the size of a
 * pixel in kilometres.
 *
 * Columns that cannot be known here are empty rather than made up: brightness temperatures and radiative power, because
 * bands 12 and 11 measure reflected sunlight as well as heat and have no thermal companion; confidence, because HOTMAP
 * has none; and the time of day, where the scene gives a date only.
 */
export function toFirmsCsv(
  scene: Scene & { georeference: Georeference },
  { pixels }: Detections,
): string {
  const lines = pixels.map((pixel) => {
    const { lon, lat } = pixelCentre(scene.georeference, pixel);
    const size = pixelSizeMetres(scene.georeference, pixel);
    const values: Partial<Record<Column, string>> = {
      latitude: lat.toFixed(5),
      longitude: lon.toFixed(5),
      scan: (size.width / 1_000).toFixed(3),
      track: (size.height / 1_000).toFixed(3),
      acq_date: scene.acquired ?? "",
      satellite: scene.sensor?.satellite ?? "",
      instrument: scene.sensor?.instrument ?? "",
      version: VERSION,
    };
    return FIRMS_COLUMNS.map((column) => values[column] ?? "").join(",");
  });
  return `${[FIRMS_COLUMNS.join(","), ...lines].join("\n")}\n`;
}
