import { describe, expect, test } from "vitest";
import { createRandom } from "../synthetic/random.ts";
import { type Georeference, northAngle, pixelSizeMetres, toLonLat } from "./georeference.ts";
import { boundingBoxOf, type Outline, outlineOf, type Position } from "./outline.ts";

const grid = (
  epsg: number,
  [originX, originY]: [number, number],
  [columnX, rowY]: [number, number],
): Georeference => ({ epsg, originX, originY, columnX, columnY: 0, rowX: 0, rowY });

const whole = (width: number, height: number) => ({ left: 0, top: 0, width, height });

function doubleArea(ring: readonly Position[]): number {
  return ring.slice(1).reduce((sum, [x, y], i) => {
    const [px, py] = ring[i] ?? [x, y];
    return sum + px * y - x * py;
  }, 0);
}

function holds(ring: readonly Position[], [x, y]: Position): boolean {
  let inside = false;
  for (const [i, [bx, by]] of ring.entries()) {
    const [ax, ay] = ring[i - 1] ?? [bx, by];
    if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) inside = !inside;
  }
  return inside;
}

/** RFC 7946, sections 3.1.6, 3.1.9 and 5.2. */
function checkForm({ rings, bbox }: Outline): void {
  expect(rings.length).toBeGreaterThan(0);
  for (const ring of rings) {
    expect(ring.length).toBeGreaterThan(3);
    expect(ring.at(-1)).toEqual(ring[0]);
    expect(doubleArea(ring)).toBeGreaterThan(0);
    for (const [lon, lat] of ring) {
      expect(Math.abs(lon)).toBeLessThanOrEqual(180);
      expect(Math.abs(lat)).toBeLessThanOrEqual(90);
    }
    for (const [i, [lon, lat]] of ring.entries()) {
      const [before, at] = ring[i - 1] ?? [lon, lat];
      // Only along a pole or the rim of a map of the whole Earth does a side lead further.
      if (Math.abs(lat) < 89.9 && Math.abs(lon - before) >= 180) expect(at).toBe(lat);
    }
  }
  const [west, , east] = bbox;
  if (rings.length > 1) expect(west).toBeGreaterThan(east);
}

describe("the outline of a scene", () => {
  test.each<[string, Georeference, number, number, number]>([
    ["UTM 1, west of it", grid(32601, [350_000, 7_200_000], [20, -20]), 800, 900, 2],
    ["UTM 60, east of it", grid(32660, [630_000, 7_200_000], [20, -20]), 3_000, 300, 2],
    ["UTM 60 in the south, mirrored", grid(32760, [630_000, 3_000_000], [20, 20]), 3_000, 300, 2],
    ["0 to 360", grid(4326, [236.7, 50], [0.001, -0.001]), 300, 300, 1],
    ["0 to 360 across 180", grid(4326, [179.5, 50], [0.01, -0.01]), 100, 100, 2],
    ["0 to 360 across 360", grid(4326, [359.5, 10], [0.01, -0.01]), 100, 100, 1],
    ["up to 180", grid(4326, [170, 10], [0.1, -0.1]), 100, 100, 1],
    ["the whole Earth", grid(4326, [-180, 90], [1, -1]), 360, 180, 1],
    ["the whole Earth from 0", grid(4326, [0, 90], [1, -1]), 360, 180, 1],
    ["the whole Earth of points", grid(4326, [-180.5, 90.5], [1, -1]), 361, 181, 1],
    ["the Arctic", grid(3413, [-3_000_000, 3_000_000], [25_000, -25_000]), 240, 240, 1],
    ["the Antarctic", grid(3031, [-3_000_000, 3_000_000], [25_000, -25_000]), 240, 240, 1],
    [
      "the Antarctic, mirrored",
      grid(3031, [3_000_000, 3_000_000], [-25_000, -25_000]),
      240,
      240,
      1,
    ],
    ["the pole near a corner", grid(3995, [-90_000, 4_000_000], [10_000, -10_000]), 400, 410, 1],
    ["beside the pole", grid(3413, [100_000, 100_000], [1_000, -1_000]), 300, 300, 1],
    ["LAEA Europe", grid(3035, [4_000_000, 3_000_000], [100, -100]), 1_000, 1_000, 1],
    ["BC Albers", grid(3005, [1_000_000, 1_000_000], [30, -30]), 5_000, 5_000, 1],
    ["NZTM", grid(2193, [1_600_000, 5_400_000], [20, -20]), 500, 500, 1],
    ["Bering Sea Albers", grid(3338, [-2_200_000, 800_000], [1_000, -1_000]), 900, 500, 2],
  ])("%s", (_, georeference, width, height, parts) => {
    const outline = outlineOf(georeference, whole(width, height));
    checkForm(outline);
    expect(outline.rings).toHaveLength(parts);
    const [west, south, east, north] = outline.bbox;
    const random = createRandom(7);
    for (let n = 0; n < 300; n++) {
      // Not within 3 % of the rim, which is straight on the map only nearly.
      const [u, v] = [0.03 + 0.94 * random.next(), 0.03 + 0.94 * random.next()];
      const { lon, lat } = toLonLat(georeference, { x: u * width, y: v * height });
      expect(outline.rings.filter((ring) => holds(ring, [lon, lat]))).toHaveLength(1);
      const isBetween = west <= east ? lon >= west && lon <= east : lon >= west || lon <= east;
      expect(isBetween && lat >= south && lat <= north).toBe(true);
      // As far outside.
      const beyond = { x: (u < 0.5 ? -0.1 - u : 1.1 + u) * width, y: v * height };
      if (georeference.epsg === 4326) continue;
      const away = toLonLat(georeference, beyond);
      expect(outline.rings.some((ring) => holds(ring, [away.lon, away.lat]))).toBe(false);
    }
  });

  test("has four corners where a pixel is all that more would gain", () => {
    const { rings } = outlineOf(grid(32631, [500_000, 5_000_000], [20, -20]), whole(200, 160));
    expect(rings[0]).toHaveLength(5);
  });
});

test("a box around places is the smallest, across the antimeridian too", () => {
  expect(boundingBoxOf([])).toBeUndefined();
  expect(boundingBoxOf([[5, 6]])).toEqual([5, 6, 5, 6]);
  expect(
    boundingBoxOf([
      [179, 1],
      [-179, -2],
      [178, 0],
    ]),
  ).toEqual([178, -2, -179, 1]);
  expect(
    boundingBoxOf([
      [-10, 1],
      [20, -2],
    ]),
  ).toEqual([-10, -2, 20, 1]);
  expect(
    boundingBoxOf([
      [-180, 1],
      [180, 1],
    ]),
  ).toEqual([180, 1, -180, 1]);
});

describe("a pixel's size on the ground", () => {
  test.each<[string, Georeference, { x: number; y: number }, number]>([
    [
      "across the antimeridian",
      grid(32601, [195_500, 7_200_000], [20, -20]),
      { x: 200, y: 10 },
      20,
    ],
    ["on the pole", grid(3413, [-500, 500], [1_000, -1_000]), { x: 0, y: 0 }, 1_031],
    ["where 360 follows 359", grid(4326, [359.999, 0], [0.001, -0.001]), { x: 0, y: 0 }, 111],
    ["mirrored", grid(32633, [500_000, 5_000_000], [-20, 20]), { x: 3, y: 3 }, 20],
  ])("%s", (_, georeference, at, metres) => {
    const { width, height } = pixelSizeMetres(georeference, at);
    expect(width).toBeGreaterThan(0.98 * metres);
    expect(width).toBeLessThan(1.02 * metres);
    expect(height).toBeGreaterThan(0.98 * metres);
    expect(height).toBeLessThan(1.02 * metres);
  });
});

test("north is where it is in the picture, mirrored or turned", () => {
  const angle = (georeference: Georeference) => northAngle(georeference, { x: 5, y: 5 });
  const at: [number, number] = [500_000, 5_000_000];
  expect(angle(grid(32633, at, [20, -20]))).toBeCloseTo(0, 2);
  expect(Math.abs(angle(grid(32633, at, [20, 20])))).toBeCloseTo(180, 2);
  expect(angle(grid(32633, at, [-20, -20]))).toBeCloseTo(0, 2);
  const turned = {
    epsg: 32633,
    originX: 5e5,
    originY: 5e6,
    columnX: 0,
    columnY: 20,
    rowX: 20,
    rowY: 0,
  };
  expect(angle(turned)).toBeCloseTo(90, 2);
});
