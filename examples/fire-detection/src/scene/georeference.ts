import { toGeographic } from "./crs.ts";
import type { Pixel } from "./scene.ts";

/**
 * An affine map from pixel corners to the coordinate system `epsg`:
 * X = originX + x · columnX + y · rowX, Y = originY + x · columnY + y · rowY, where (x, y) = (0, 0) is the outer corner of
 * the first pixel and (0.5, 0.5) its centre.
 */
export interface Georeference {
  epsg: number;
  originX: number;
  originY: number;
  columnX: number;
  columnY: number;
  rowX: number;
  rowY: number;
}

/** WGS 84, degrees. */
export interface LonLat {
  lon: number;
  lat: number;
}

/** Longitude and latitude of a place given in pixels; add 0.5 to a pixel's column and row to get its centre. */
export function toLonLat(georeference: Georeference, { x, y }: Pixel): LonLat {
  const { originX, originY, columnX, columnY, rowX, rowY } = georeference;
  return toGeographic(georeference.epsg, [
    originX + x * columnX + y * rowX,
    originY + x * columnY + y * rowY,
  ]);
}

/** Longitude and latitude of the middle of a pixel. */
export function pixelCentre(georeference: Georeference, { x, y }: Pixel): LonLat {
  return toLonLat(georeference, { x: x + 0.5, y: y + 0.5 });
}

/** Width and height of a pixel at `at` in metres, on the ground. */
export function pixelSizeMetres(
  georeference: Georeference,
  at: Pixel,
): { width: number; height: number } {
  return {
    width: groundDistance(
      toLonLat(georeference, at),
      toLonLat(georeference, { ...at, x: at.x + 1 }),
    ),
    height: groundDistance(
      toLonLat(georeference, at),
      toLonLat(georeference, { ...at, y: at.y + 1 }),
    ),
  };
}

/** Degrees clockwise from straight up in the image to geographic north, at `at`. */
export function northAngle(georeference: Georeference, at: Pixel): number {
  const here = toLonLat(georeference, at);
  const right = toLonLat(georeference, { ...at, x: at.x + 1 });
  const shrink = Math.cos((here.lat * Math.PI) / 180);
  // How far east and north one step to the right leads; north is turned against it by the same angle.
  return (Math.atan2(right.lat - here.lat, (right.lon - here.lon) * shrink) * 180) / Math.PI;
}

/** Metres between two places a few pixels apart, on the ellipsoid of WGS 84. */
function groundDistance(a: LonLat, b: LonLat): number {
  const lat = (((a.lat + b.lat) / 2) * Math.PI) / 180;
  // Lengths of a degree, the series of the ellipsoid's radii of curvature (NGA TR8350.2).
  const north = 111_132.92 - 559.82 * Math.cos(2 * lat) + 1.175 * Math.cos(4 * lat);
  const east = 111_412.84 * Math.cos(lat) - 93.5 * Math.cos(3 * lat) + 0.118 * Math.cos(5 * lat);
  return Math.hypot((b.lon - a.lon) * east, (b.lat - a.lat) * north);
}
