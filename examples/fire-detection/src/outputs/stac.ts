import type { Algorithm } from "../algorithms/algorithm.ts";
import { attribution } from "../scene/attribution.ts";
import { type Georeference, pixelSizeMetres } from "../scene/georeference.ts";
import { outlineOf } from "../scene/outline.ts";
import type { Scene } from "../scene/scene.ts";
import type { Detections } from "../tiles/detection.ts";

/** A file of a run, as STAC calls it. */
export interface Asset {
  /** Relative to the item. */
  href: string;
  title: string;
  type: string;
  roles: readonly string[];
}

/**
 * A STAC 1.0 item (stacspec.org) that describes a run: where and when the scene was taken, the number of detections, and the files.
 * @param scene - with a place and a day, without which there is no item.
 */
export function toStacItem(
  scene: Scene & { georeference: Georeference; acquired: string },
  { pixels, validPixels, unknownPixels }: Detections,
  { algorithm, assets }: { algorithm: Algorithm; assets: Readonly<Record<string, Asset>> },
): string {
  const { georeference, width, height, acquired, acquiredAt, sensor } = scene;
  const { rings, bbox } = outlineOf(georeference, { left: 0, top: 0, width, height });
  const [ring, ...others] = rings;
  const geometry =
    others.length === 0
      ? { type: "Polygon", coordinates: [ring] }
      : { type: "MultiPolygon", coordinates: rings.map((part) => [part]) };
  const credit = attribution(scene);
  const size = pixelSizeMetres(georeference, { x: width / 2, y: height / 2 });
  const { originX, originY, columnX, columnY, rowX, rowY } = georeference;
  const item = {
    type: "Feature",
    stac_version: "1.0.0",
    stac_extensions: ["https://stac-extensions.github.io/projection/v1.1.0/schema.json"],
    id: `${scene.name.replaceAll(/[^A-Za-z0-9._-]+/g, "-")}-${algorithm.name}`,
    geometry,
    bbox,
    properties: {
      ...when(acquired, acquiredAt),
      title: `Active fires in ${scene.name}`,
      description: `Active fires by ${algorithm.citation}.${credit === undefined ? "" : ` ${credit}.`}`,
      ...(sensor === undefined
        ? {}
        : {
            platform: sensor.satellite.toLowerCase(),
            instruments: [sensor.instrument.toLowerCase()],
          }),
      gsd: Number(((size.width + size.height) / 2).toFixed(1)),
      "proj:epsg": georeference.epsg,
      "proj:shape": [height, width],
      "proj:transform": [columnX, rowX, originX, columnY, rowY, originY],
      "assay:algorithm": algorithm.name,
      "assay:fire_pixels": pixels.length,
      "assay:valid_pixels": validPixels,
      "assay:unknown_pixels": unknownPixels,
    },
    links: [],
    assets,
  };
  return `${JSON.stringify(item, null, 1)}\n`;
}

/** The time of an item; the whole day if only the day is known. */
function when(acquired: string, acquiredAt: string | undefined) {
  if (acquiredAt !== undefined) return { datetime: `${acquired}T${acquiredAt}Z` };
  return {
    datetime: null,
    start_datetime: `${acquired}T00:00:00Z`,
    end_datetime: `${acquired}T23:59:59Z`,
  };
}
