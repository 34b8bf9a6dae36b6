import type { Algorithm } from "../algorithms/algorithm.ts";
import {
  type Georeference,
  type LonLat,
  pixelSizeMetres,
  toLonLat,
} from "../scene/georeference.ts";
import type { Scene } from "../scene/scene.ts";
import type { Detections } from "../tiles/detection.ts";
import { attribution } from "./attribution.ts";

/** A file of a run, as STAC calls it. */
export interface Asset {
  /** Relative to the item. */
  href: string;
  title: string;
  type: string;
  roles: readonly string[];
}

/**
 * A STAC 1.0 item (stacspec.org) that describes a run: where and when the scene was taken, what was found, and the files.
 * @param scene - with a place and a day, without which there is no item.
 */
export function toStacItem(
  scene: Scene & { georeference: Georeference; acquired: string },
  { pixels, validPixels, unknownPixels }: Detections,
  { algorithm, assets }: { algorithm: Algorithm; assets: Readonly<Record<string, Asset>> },
): string {
  const { georeference, width, height, acquired, acquiredAt, sensor } = scene;
  const corners = [
    { x: 0, y: height },
    { x: width, y: height },
    { x: width, y: 0 },
    { x: 0, y: 0 },
  ].map((corner) => toLonLat(georeference, corner));
  const ring = [...corners, corners[0]].map((corner) => position(corner ?? { lon: 0, lat: 0 }));
  const lons = ring.map(([lon]) => lon);
  const lats = ring.map(([, lat]) => lat);
  const credit = attribution(scene);
  const size = pixelSizeMetres(georeference, { x: width / 2, y: height / 2 });
  const { originX, originY, columnX, columnY, rowX, rowY } = georeference;
  const item = {
    type: "Feature",
    stac_version: "1.0.0",
    stac_extensions: ["https://stac-extensions.github.io/projection/v1.1.0/schema.json"],
    id: `${scene.name.replaceAll(/[^A-Za-z0-9._-]+/g, "-")}-${algorithm.name}`,
    geometry: { type: "Polygon", coordinates: [ring] },
    bbox: [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)],
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

/** Where only the day is known, the item spans it. */
function when(acquired: string, acquiredAt: string | undefined) {
  if (acquiredAt !== undefined) return { datetime: `${acquired}T${acquiredAt}Z` };
  return {
    datetime: null,
    start_datetime: `${acquired}T00:00:00Z`,
    end_datetime: `${acquired}T23:59:59Z`,
  };
}

function position({ lon, lat }: LonLat): [lon: number, lat: number] {
  return [Number(lon.toFixed(6)), Number(lat.toFixed(6))];
}
