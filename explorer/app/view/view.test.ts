import { expect, test } from "vitest";
import { readGeoJson } from "./geo.ts";
import { look } from "./kind.ts";

const kinds = (text: string) => look(new TextEncoder().encode(text)).kinds;

test("bytes are shown by what they are", () => {
  expect(kinds('{"type":"Point","coordinates":[1,2]}')).toEqual(["map", "json", "text", "hex"]);
  expect(kinds('{"a":1}')).toEqual(["json", "text", "hex"]);
  expect(kinds("<svg onload=alert(1)>")).toEqual(["text", "hex"]);
  expect(kinds("{ broken")).toEqual(["text", "hex"]);
  expect(look(Uint8Array.of(0x89, 0x50, 0x4e, 0x47)).kinds).toEqual(["image", "hex"]);
  expect(look(Uint8Array.of(0xff, 0x00)).kinds).toEqual(["hex"]);
  expect(look(new Uint8Array()).kinds).toEqual(["text", "hex"]);
});

test("what is wrong in GeoJSON is left out", () => {
  const point = (coordinates: unknown) => ({ type: "Point", coordinates });
  expect(readGeoJson(point([1, 2]))).toHaveLength(1);
  for (const wrong of [null, "x", [], ["1", 2], [Number.NaN, 0], [0, 91], [0]]) {
    expect(readGeoJson(point(wrong))).toEqual([]);
  }
  let deep: unknown = point([1, 2]);
  for (let i = 0; i < 10_000; i++) deep = { type: "GeometryCollection", geometries: [deep] };
  expect(readGeoJson(deep)).toEqual([]);
});

test("no more is drawn than a page can bear", () => {
  const coordinates = Array.from({ length: 200_000 }, () => [1, 2]);
  const [shape] = readGeoJson({ type: "LineString", coordinates });
  expect(shape?.lines[0]?.length).toBe(50_000);
});
