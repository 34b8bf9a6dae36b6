import type { Algorithm } from "../algorithms/algorithm.ts";
import { attribution } from "../scene/attribution.ts";
import { pixelCentre, pixelSizeMetres } from "../scene/georeference.ts";
import { boundingBoxOf, round as roundDegrees } from "../scene/outline.ts";
import type { Scene } from "../scene/scene.ts";
import type { Detection, Detections } from "../tiles/detection.ts";

/**
 * The detections as a GeoJSON feature collection (RFC 7946): one point a pixel, at its middle, in WGS 84 longitude and
 * latitude. Points rather than footprints: they stay visible at every zoom, and heat maps, clustering and joins want
 * them; a square of `pixel_width_m` × `pixel_height_m` around one is its footprint.
 *
 * In a scene without a georeference the features have no geometry, as the RFC has it for places unknown, and are known
 * by `column` and `row` only.
 */
export function toGeoJson(
  scene: Scene,
  { pixels }: Detections,
  algorithm: Pick<Algorithm, "name" | "values">,
): string {
  const features = pixels.map((pixel) => toFeature(scene, pixel, algorithm));
  const credit = attribution(scene);
  const places = features.flatMap(({ geometry }) =>
    geometry === null ? [] : [geometry.coordinates],
  );
  const bbox = boundingBoxOf(places);
  const collection = {
    type: "FeatureCollection",
    name: "active_fires",
    ...(credit === undefined ? {} : { attribution: credit }),
    ...(bbox === undefined ? {} : { bbox }),
    features,
  };
  return `${JSON.stringify(collection, null, 1)}\n`;
}

interface PointFeature {
  type: "Feature";
  geometry: { type: "Point"; coordinates: [lon: number, lat: number] } | null;
  properties: Record<string, string | number>;
}

function toFeature(
  scene: Scene,
  pixel: Detection,
  algorithm: Pick<Algorithm, "name" | "values">,
): PointFeature {
  const { georeference, acquired, acquiredAt, sensor } = scene;
  const properties: Record<string, string | number> = {
    column: pixel.x,
    row: pixel.y,
    algorithm: algorithm.name,
    rule: pixel.rule,
  };
  for (const { name, decimals } of algorithm.values) {
    const value = pixel.values[name];
    if (value !== undefined) properties[name] = round(value, decimals);
  }
  if (acquired !== undefined) properties.acq_date = acquired;
  if (acquiredAt !== undefined) properties.acq_time_utc = acquiredAt;
  if (sensor !== undefined) Object.assign(properties, sensor);
  if (georeference === undefined) return { type: "Feature", geometry: null, properties };

  const { lon, lat } = pixelCentre(georeference, pixel);
  const size = pixelSizeMetres(georeference, pixel);
  properties.pixel_width_m = round(size.width, 1);
  properties.pixel_height_m = round(size.height, 1);
  return {
    type: "Feature",
    geometry: {
      type: "Point",
      coordinates: [roundDegrees(lon), roundDegrees(lat)],
    },
    properties,
  };
}

function round(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}
