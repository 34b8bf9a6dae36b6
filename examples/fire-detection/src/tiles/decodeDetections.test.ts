import { describe, expect, test } from "vitest";
import { HOTMAP } from "../algorithms/sentinel2.ts";
import { createRandom } from "../synthetic/random.ts";
import {
  decodeDetections as decode,
  MalformedDetectionsError,
  maxResultBytes,
  RESULT_MAGIC,
} from "./decodeDetections.ts";

const TILE = { index: 7, x: 30, y: 50, width: 10, height: 5 };

const decodeDetections = (tile: typeof TILE, bytes: Uint8Array) => decode(tile, bytes, HOTMAP);

type Row = [x: number, y: number, rule: number, rho12?: number];

function encode(
  rows: Row[],
  {
    valid = 50,
    unknown = 0,
    count = rows.length,
    magic = RESULT_MAGIC,
    version = 2,
    values = 3,
  } = {},
): Uint8Array {
  const bytes = new Uint8Array(24 + 24 * rows.length);
  const view = new DataView(bytes.buffer);
  for (const [i, word] of [magic, version, valid, unknown, values, count].entries()) {
    view.setUint32(4 * i, word, true);
  }
  for (const [i, [x, y, rule, rho12 = 0.5]] of rows.entries()) {
    const at = 24 + 24 * i;
    view.setUint32(at, x, true);
    view.setUint32(at + 4, y, true);
    view.setUint32(at + 8, rule, true);
    for (const [b, rho] of [rho12, 0.25, 0.125].entries())
      view.setFloat32(at + 12 + 4 * b, rho, true);
  }
  return bytes;
}

describe("decodeDetections", () => {
  test("reads what the program writes", () => {
    const bytes = encode([
      [30, 50, 1],
      [39, 50, 2],
      [30, 54, 1],
    ]);
    const values = { reflectance_b12: 0.5, reflectance_b11: 0.25, reflectance_nir: 0.125 };
    expect(decodeDetections(TILE, bytes)).toEqual({
      validPixels: 50,
      unknownPixels: 0,
      pixels: [
        { x: 30, y: 50, rule: "a", values },
        { x: 39, y: 50, rule: "b", values },
        { x: 30, y: 54, rule: "a", values },
      ],
    });
    expect(decodeDetections(TILE, encode([]))).toEqual({
      validPixels: 50,
      unknownPixels: 0,
      pixels: [],
    });
  });

  test("reads bytes that lie anywhere in a buffer", () => {
    const bytes = encode([[30, 50, 1]]);
    const padded = new Uint8Array([9, ...bytes, 9]);
    expect(decodeDetections(TILE, padded.subarray(1, -1))).toEqual(decodeDetections(TILE, bytes));
  });

  test.each<[string, Uint8Array]>([
    ["no bytes", new Uint8Array(0)],
    ["half a header", encode([]).subarray(0, 23)],
    ["another magic", encode([], { magic: 1 })],
    ["another version", encode([], { version: 1 })],
    ["another number of values", encode([], { values: 4 })],
    ["more unknown pixels than measured ones", encode([], { valid: 5, unknown: 6 })],
    ["a record too few", encode([[30, 50, 1]], { count: 2 })],
    ["a record too many", encode([[30, 50, 1]], { count: 0 })],
    ["a count beyond the bytes", encode([[30, 50, 1]], { count: 0xffff_ffff })],
    ["more measured pixels than pixels", encode([], { valid: 51 })],
    ["more fires than measured pixels", encode([[30, 50, 1]], { valid: 0 })],
    ["a column left of the tile", encode([[29, 50, 1]])],
    ["a column right of the tile", encode([[40, 50, 1]])],
    ["a row above the tile", encode([[30, 49, 1]])],
    ["a row below the tile", encode([[30, 55, 1]])],
    ["a column beyond all scenes", encode([[0xffff_ffff, 50, 1]])],
    ["an unknown rule", encode([[30, 50, 3]])],
    ["no rule", encode([[30, 50, 0]])],
    ["a reflectance that is no number", encode([[30, 50, 1, Number.NaN]])],
    ["an infinite reflectance", encode([[30, 50, 1, Number.POSITIVE_INFINITY]])],
    [
      "a pixel twice",
      encode([
        [30, 50, 1],
        [30, 50, 1],
      ]),
    ],
    [
      "rows out of order",
      encode([
        [30, 51, 1],
        [30, 50, 1],
      ]),
    ],
    [
      "columns out of order",
      encode([
        [31, 50, 1],
        [30, 50, 1],
      ]),
    ],
  ])("refuses %s", (_, bytes) => {
    expect(() => decodeDetections(TILE, bytes)).toThrow(MalformedDetectionsError);
  });

  const seed = Number(process.env.TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
  test(`never returns a pixel outside of the tile (TEST_SEED=${seed})`, () => {
    const random = createRandom(seed);
    const good = encode([
      [30, 50, 1],
      [33, 52, 2],
      [39, 54, 1],
    ]);
    for (let n = 0; n < 3_000; n++) {
      const bytes = Uint8Array.from(good);
      for (let flips = 1 + Math.floor(random.next() * 3); flips > 0; flips--) {
        const i = Math.floor(random.next() * bytes.length);
        bytes[i] = (bytes[i] ?? 0) ^ (1 << Math.floor(random.next() * 8));
      }
      try {
        const { pixels } = decodeDetections(TILE, bytes);
        for (const { x, y } of pixels) {
          expect(x >= 30 && x < 40 && y >= 50 && y < 55).toBe(true);
        }
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedDetectionsError);
      }
    }
  });

  test("knows the longest result: a tile that burns all over", () => {
    const rows = Array.from(
      { length: 50 },
      (_, i): Row => [30 + (i % 10), 50 + Math.floor(i / 10), 1],
    );
    expect(encode(rows).length).toBe(maxResultBytes(TILE, HOTMAP));
    expect(decodeDetections(TILE, encode(rows)).pixels).toHaveLength(50);
  });
});
