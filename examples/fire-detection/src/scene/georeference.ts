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

/** Longitude (−180 to 180) and latitude of a place given in pixels; add 0.5 to a pixel's column and row to get its centre. */
export function toLonLat(georeference: Georeference, { x, y }: Pixel): LonLat {
  const { originX, originY, columnX, columnY, rowX, rowY } = georeference;
  const { lon, lat } = toGeographic(georeference.epsg, [
    originX + x * columnX + y * rowX,
    originY + x * columnY + y * rowY,
  ]);
  // Grids whose pixels are points reach half a pixel beyond the poles.
  return { lon: wrapLongitude(lon), lat: Math.min(90, Math.max(-90, lat)) };
}

/** The same longitude from −180 to 180. Some grids count from 0 to 360. */
export function wrapLongitude(lon: number): number {
  return lon >= -180 && lon <= 180 ? lon : lon - 360 * Math.floor((lon + 180) / 360);
}

/** Longitude and latitude of the centre of a pixel. */
export function pixelCentre(georeference: Georeference, { x, y }: Pixel): LonLat {
  return toLonLat(georeference, { x: x + 0.5, y: y + 0.5 });
}

/** Width and height of a pixel at `at` in metres, on the ground. */
export function pixelSizeMetres(
  georeference: Georeference,
  at: Pixel,
): { width: number; height: number } {
  const here = toLonLat(georeference, at);
  return {
    width: groundDistance(here, toLonLat(georeference, { ...at, x: at.x + 1 })),
    height: groundDistance(here, toLonLat(georeference, { ...at, y: at.y + 1 })),
  };
}

/** Degrees clockwise from straight up in the image to geographic north, at `at`; the image may be mirrored. */
export function northAngle(georeference: Georeference, at: Pixel): number {
  const here = toLonLat(georeference, at);
  const right = stepBetween(here, toLonLat(georeference, { ...at, x: at.x + 1 }));
  const down = stepBetween(here, toLonLat(georeference, { ...at, y: at.y + 1 }));
  // Columns and rows of the step that leads north and neither east nor west.
  const sign = Math.sign(right.east * down.north - down.east * right.north);
  return (Math.atan2(-down.east * sign, -right.east * sign) * 180) / Math.PI;
}

type Vector = readonly [x: number, y: number, z: number];

/** Metres between two places a few pixels apart, on the ellipsoid of WGS 84; across the antimeridian and the poles too. */
function groundDistance(a: LonLat, b: LonLat): number {
  return Math.hypot(...difference(a, b));
}

/** Metres to the east and to the north. */
function stepBetween(from: LonLat, to: LonLat): { east: number; north: number } {
  const [x, y, z] = difference(from, to);
  const [lon, lat] = [radians(from.lon), radians(from.lat)];
  const outward = x * Math.cos(lon) + y * Math.sin(lon);
  return {
    east: y * Math.cos(lon) - x * Math.sin(lon),
    north: z * Math.cos(lat) - outward * Math.sin(lat),
  };
}

function difference(a: LonLat, b: LonLat): Vector {
  const [[ax, ay, az], [bx, by, bz]] = [fromCentre(a), fromCentre(b)];
  return [bx - ax, by - ay, bz - az];
}

/** WGS 84: metres from the centre of the Earth to the equator, and the square of the ellipsoid's eccentricity. */
const EQUATOR = 6_378_137;
const ECCENTRICITY_2 = 0.006_694_379_990_14;

/** Cartesian coordinates of a place, metres from the centre of the Earth. */
function fromCentre({ lon, lat }: LonLat): Vector {
  const [l, phi] = [radians(lon), radians(lat)];
  const normal = EQUATOR / Math.sqrt(1 - ECCENTRICITY_2 * Math.sin(phi) ** 2);
  return [
    normal * Math.cos(phi) * Math.cos(l),
    normal * Math.cos(phi) * Math.sin(l),
    normal * (1 - ECCENTRICITY_2) * Math.sin(phi),
  ];
}

const radians = (degrees: number) => (degrees * Math.PI) / 180;
