import { describe, expect, test } from "vitest";
import { findCrs, toGeographic } from "./crs.ts";

/** X, Y, longitude and latitude as PROJ 9 has them. */
const PLACES: readonly [
  epsg: number,
  x: number,
  y: number,
  lon: number,
  lat: number,
  name: string,
][] = [
  [25832, 471913.87, 7210593.061, 8.404, 65.018, "ETRS89 / UTM zone 32N"],
  [3035, 3590708.611, 4244794.865, -3.416, 60.678, "ETRS89-extended / LAEA Europe"],
  [4258, 5.544, 64.142, 5.544, 64.142, "ETRS89"],
  [26910, 468065.544, 6795903.585, -123.596, 61.296, "NAD83 / UTM zone 10N"],
  [3005, 806496.689, 1149564.074, -129.056, 55.306, "NAD83 / BC Albers"],
  [5070, -480862.297, 1833112.81, -101.638, 39.392, "NAD83 / Conus Albers"],
  [4269, -131.702, 57.838, -131.702, 57.838, "NAD83"],
  [28355, 440299.612, 7135919.301, 146.404, -25.894, "GDA94 / MGA zone 55"],
  [7855, 440299.612, 7135919.301, 146.404, -25.894, "GDA2020 / MGA zone 55"],
  [3577, -284760.321, -2526114.688, 129.186, -23.396, "GDA94 / Australian Albers"],
  [31983, 434307.335, 8858924.074, -45.6, -10.322, "SIRGAS 2000 / UTM zone 23S"],
  [
    2193,
    1451366.396,
    5638300.291,
    171.274,
    -39.392,
    "NZGD2000 / New Zealand Transverse Mercator 2000",
  ],
  [3031, -1158724.295, 1594847.17, -36.0, -72.0, "WGS 84 / Antarctic Polar Stereographic"],
  [3413, 204070.081, -1288447.785, -36.0, 78.0, "WGS 84 / NSIDC Sea Ice Polar Stereographic North"],
  [3995, -769072.127, -1058536.971, -36.0, 78.0, "WGS 84 / Arctic Polar Stereographic"],
  [32661, 1214142.634, 918360.13, -36.0, 78.0, "WGS 84 / UPS North (N,E)"],
  [3857, -4007501.669, 1922221.956, -36.0, 17.012, "WGS 84 / Pseudo-Mercator"],
  [6933, -3473506.089, 2162295.635, -36.0, 17.2, "WGS 84 / NSIDC EASE-Grid 2.0 Global"],
  [3338, -524273.574, 1529703.447, -164.544, 63.36, "NAD83 / Alaska Albers"],
  [2154, 340872.117, 6710354.262, -1.764, 47.396, "RGF93 v1 / Lambert-93"],
];

test.each(PLACES)("EPSG:%i", (epsg, x, y, lon, lat, name) => {
  expect(findCrs(epsg)).toMatchObject({ isKnown: true, name });
  const place = toGeographic(epsg, [x, y]);
  // Within ten metres, half a pixel of Sentinel-2: plates have moved by a metre or two.
  expect(Math.abs(place.lat - lat) * 111_320).toBeLessThan(10);
  const east = (place.lon - lon) * 111_320 * Math.cos((lat * Math.PI) / 180);
  expect(Math.abs(east)).toBeLessThan(10);
});

describe("what cannot be placed to a pixel is refused, with its name", () => {
  test.each([
    [31_370, "Belgian", "an old datum"],
    [27_700, "British National Grid", "an old datum"],
    [28_992, "Amersfoort", "an old datum"],
    [26_710, "NAD27", "an old datum"],
    [2_048, "Lo19", "axes"],
    [5_703, "height", "no longitudes"],
    [4_978, "WGS 84", "no longitudes"],
  ])("EPSG:%i", (epsg, name, why) => {
    expect(findCrs(epsg)).toEqual({
      isKnown: false,
      name: expect.stringContaining(name),
      why: expect.stringContaining(why),
    });
  });

  test.each([1, 99_999, -1, 4326.5, Number.NaN])("code %d", (epsg) => {
    expect(findCrs(epsg)).toMatchObject({ isKnown: false, name: undefined });
    expect(() => toGeographic(epsg, [0, 0])).toThrow(RangeError);
  });
});
