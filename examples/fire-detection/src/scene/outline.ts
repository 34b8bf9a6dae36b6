import { type Georeference, pixelSizeMetres, toLonLat } from "./georeference.ts";

/** Degrees; longitude first. */
export type Position = [lon: number, lat: number];

/** West, south, east, north; west is greater than east where the antimeridian lies between (RFC 7946, 5.2). */
export type BoundingBox = [west: number, south: number, east: number, north: number];

export interface Outline {
  /**
   * Closed outer rings, anticlockwise (RFC 7946, 3.1.6). More than one where the antimeridian cuts the area (3.1.9); one that holds
   * a pole runs along it.
   */
  rings: Position[][];
  bbox: BoundingBox;
}

/** Pixels. */
export interface Rectangle {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Degrees are written with 6 decimals, 0.1 m on the ground (RFC 7946, 11.2). */
const DECIMALS = 6;
/** Pieces of a side that is bent on the map. */
const PIECES = 16;
const METRES_PER_DEGREE = 111_320;

/** The outline of a rectangle of pixels on a map of longitude and latitude. */
export function outlineOf(georeference: Georeference, rectangle: Rectangle): Outline {
  const path = unrolled(sidesOf(georeference, rectangle));
  const lons = path.map(([lon]) => lon);
  const lats = path.map(([, lat]) => lat);
  const [west, east] = [Math.min(...lons), Math.max(...lons)];
  const [south, north] = [Math.min(...lats), Math.max(...lats)];
  const turn = Math.round(((path.at(-1)?.[0] ?? 0) - (path[0]?.[0] ?? 0)) / 360);
  if (turn !== 0) {
    // Once around the Earth: a pole lies inside.
    const pole = north + south > 0 ? 90 : -90;
    const ring = aroundPole(turn > 0 ? path : path.toReversed(), pole);
    const bbox: BoundingBox = [-180, Math.min(south, pole), 180, Math.max(north, pole)];
    return { rings: [finished(ring)], bbox: rounded(bbox) };
  }
  if (east - west >= 360) {
    const bbox: BoundingBox = [-180, south, 180, north];
    return { rings: [finished(boxRing(bbox))], bbox: rounded(bbox) };
  }
  const rings: Position[][] = [];
  const firstWorld = Math.floor((west + 180) / 360);
  const lastWorld = Math.ceil((east - 180) / 360);
  for (let world = firstWorld; world <= lastWorld; world++) {
    const shifted = path.map(([lon, lat]): Position => [lon - 360 * world, lat]);
    const ring = clipped(clipped(shifted, -180, 1), 180, -1);
    if (ring.length > 3) rings.push(finished(ring));
  }
  const box: BoundingBox = [west - 360 * firstWorld, south, east - 360 * lastWorld, north];
  return { rings, bbox: rounded(box) };
}

/** The four sides, closed, each as the two ends where that is as good as a pixel, and in pieces where it is not. */
function sidesOf(georeference: Georeference, rectangle: Rectangle): Position[][] {
  const { left, top, width, height } = rectangle;
  const [right, bottom] = [left + width, top + height];
  const corners = [
    [left, top],
    [left, bottom],
    [right, bottom],
    [right, top],
    [left, top],
  ] as const;
  const size = pixelSizeMetres(georeference, { x: left + width / 2, y: top + height / 2 });
  const tolerance = Math.max(size.width, size.height) / METRES_PER_DEGREE;
  return corners.slice(1).map(([x, y], i) => {
    const [fromX, fromY] = corners[i] ?? [x, y];
    const points = Array.from({ length: PIECES + 1 }, (_, k): Position => {
      const share = k / PIECES;
      const at = { x: fromX + share * (x - fromX), y: fromY + share * (y - fromY) };
      const { lon, lat } = toLonLat(georeference, at);
      return [lon, lat];
    });
    return straightened(unrolled([points]), tolerance);
  });
}

/** Points of all parts in one row, none of whose steps leads more than half around the Earth: longitudes count on. */
function unrolled(parts: readonly Position[][]): Position[] {
  const path: Position[] = [];
  for (const part of parts) {
    for (const [lon, lat] of part) {
      const before = path.at(-1)?.[0] ?? lon;
      path.push([lon + 360 * Math.round((before - lon) / 360), lat]);
    }
  }
  return path;
}

function straightened(points: Position[], tolerance: number): Position[] {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return points;
  // A step that a later look could take for its opposite stays in pieces.
  if (Math.abs(last[0] - first[0]) > 90) return points;
  const isStraight = points.every(([lon, lat], i) => {
    const share = i / (points.length - 1);
    const shrink = Math.cos((lat * Math.PI) / 180);
    const east = (lon - first[0] - share * (last[0] - first[0])) * shrink;
    const north = lat - first[1] - share * (last[1] - first[1]);
    return Math.hypot(east, north) <= tolerance;
  });
  return isStraight ? [first, last] : points;
}

/** A path once around the Earth to the east, from one side of the map to the other and back along the pole. */
function aroundPole(path: readonly Position[], pole: number): Position[] {
  const worldOf = (position: Position | undefined) =>
    Math.floor(((position?.[0] ?? 0) + 180) / 360);
  const start = path.findIndex((position, i) => i > 0 && worldOf(position) > worldOf(path[i - 1]));
  const before = path[start - 1];
  const after = path[start];
  if (before === undefined || after === undefined) throw new TypeError("a way around the Earth");
  const edge = 360 * worldOf(after) - 180;
  const share = after[0] === before[0] ? 0 : (edge - before[0]) / (after[0] - before[0]);
  const lat = before[1] + share * (after[1] - before[1]);
  const inner = [...path.slice(start), ...path.slice(1, start)].map(
    ([lon, at]): Position => [lon - 360 * Math.floor((lon + 180) / 360), at],
  );
  return [[-180, lat], ...inner, [180, lat], [180, pole], [-180, pole]];
}

/** The part of a ring to the east (1) or west (−1) of a meridian (Sutherland and Hodgman 1974). */
function clipped(ring: readonly Position[], meridian: number, side: 1 | -1): Position[] {
  const isInside = ([lon]: Position) => side * (lon - meridian) >= 0;
  return ring.flatMap((point, i) => {
    const before = ring.at(i - 1) ?? point;
    if (isInside(before) === isInside(point)) return isInside(point) ? [point] : [];
    const share = (meridian - before[0]) / (point[0] - before[0]);
    const crossing: Position = [meridian, before[1] + share * (point[1] - before[1])];
    return isInside(point) ? [crossing, point] : [crossing];
  });
}

function boxRing([west, south, east, north]: BoundingBox): Position[] {
  return [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
  ];
}

/** Rounded, without points twice, closed, anticlockwise. */
function finished(ring: readonly Position[]): Position[] {
  const points = ring
    .map(([lon, lat]): Position => [round(lon), round(lat)])
    .filter(([lon, lat], i, all) => i === 0 || lon !== all[i - 1]?.[0] || lat !== all[i - 1]?.[1]);
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined) return points;
  if (first[0] !== last[0] || first[1] !== last[1]) points.push(first);
  const doubleArea = points
    .slice(1)
    .reduce((sum, [x, y], i) => sum + (points[i]?.[0] ?? 0) * y - x * (points[i]?.[1] ?? 0), 0);
  return doubleArea < 0 ? points.toReversed() : points;
}

/** The smallest box around places: it leaves out the widest gap between their longitudes. Undefined for no places. */
export function boundingBoxOf(places: readonly Position[]): BoundingBox | undefined {
  const lons = places.map(([lon]) => lon).sort((a, b) => a - b);
  let [south, north] = [90, -90];
  for (const [, lat] of places) {
    south = Math.min(south, lat);
    north = Math.max(north, lat);
  }
  const [first] = lons;
  if (first === undefined) return undefined;
  let [west, east] = [first, lons.at(-1) ?? first];
  let widest = first + 360 - east;
  for (const [i, lon] of lons.entries()) {
    const next = lons[i + 1];
    if (next === undefined || next - lon <= widest) continue;
    [widest, west, east] = [next - lon, next, lon];
  }
  return [west, south, east, north];
}

function rounded([west, south, east, north]: BoundingBox): BoundingBox {
  return [round(west), round(south), round(east), round(north)];
}

export function round(degrees: number): number {
  return Number(degrees.toFixed(DECIMALS));
}
