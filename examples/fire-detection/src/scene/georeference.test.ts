import { expect, test } from "vitest";
import { findCrs } from "./crs.ts";
import { pixelSizeMetres, toLonLat } from "./georeference.ts";

const utm = (epsg: number, originX: number, originY: number) => ({
  epsg,
  originX,
  originY,
  columnX: 20,
  columnY: 0,
  rowX: 0,
  rowY: -20,
});

// The Eiffel tower by its published coordinates, and a point that UTM's definition gives exactly.
test.each([
  { epsg: 32631, x: 448_251.795, y: 5_411_932.678, lon: 2.2945, lat: 48.8582 },
  { epsg: 32610, x: 500_000, y: 0, lon: -123, lat: 0 },
])("places UTM's coordinates in EPSG:$epsg", ({ epsg, x, y, lon, lat }) => {
  const place = toLonLat(utm(epsg, x, y), { x: 0, y: 0 });
  expect(place.lon).toBeCloseTo(lon, 4);
  expect(place.lat).toBeCloseTo(lat, 4);
});

test.each([32631, 32610, 32733, 32760])(
  "a pixel of UTM is what it says on the ground: %i",
  (epsg) => {
    for (const northing of [200_000, 3_000_000, 6_000_000]) {
      const { width, height } = pixelSizeMetres(utm(epsg, 500_000, northing), { x: 0, y: 0 });
      // On its central meridian UTM is 0.04 % too small.
      expect(width).toBeCloseTo(20 / 0.9996, 2);
      expect(height).toBeCloseTo(20 / 0.9996, 2);
    }
  },
);

test("knows all zones, north and south", () => {
  for (let zone = 1; zone <= 60; zone++) {
    expect(findCrs(32_600 + zone).isKnown).toBe(true);
    expect(findCrs(32_700 + zone).isKnown).toBe(true);
  }
  expect(findCrs(31_370).isKnown).toBe(false);
});
