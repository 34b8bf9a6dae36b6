import { beforeAll, describe, expect, test } from "vitest";
import { compileHotmap } from "../src/job.ts";
import type { Scene } from "../src/scene/scene.ts";
import { decodeDetections } from "../src/tiles/decodeDetections.ts";
import type { Detections } from "../src/tiles/detection.ts";
import { encodeTile } from "../src/tiles/encodeTile.ts";
import { tileGrid } from "../src/tiles/grid.ts";
import { mergeDetections } from "../src/tiles/mergeDetections.ts";
import { hotmapReference } from "./hotmapReference.ts";
import { randomScene } from "./randomScene.ts";
import { runProgram } from "./runProgram.ts";

let program: WebAssembly.Module;
beforeAll(async () => {
  program = new WebAssembly.Module(new Uint8Array(await compileHotmap()));
});

function detect(scene: Scene, tile: number): Detections {
  const grid = tileGrid({ width: scene.width, height: scene.height, tile });
  const tiles = Array.from({ length: grid.count }, (_, i) => grid.at(i));
  return mergeDetections(
    tiles.map((t) => decodeDetections(t, runProgram(program, encodeTile(scene, t)))),
  );
}

/** A scene of 3 × 3 pixels: `middle` in the centre, `around` elsewhere; each is DN of bands 12, 11, NIR. */
function patch(middle: number[], around: number[], options: Partial<Scene> = {}): Scene {
  const band = (b: number) =>
    Float32Array.from({ length: 9 }, (_, i) => (i === 4 ? middle : around)[b] ?? 0);
  return {
    name: "3 × 3",
    width: 3,
    height: 3,
    bands: { "12": band(0), "11": band(1), nir: band(2) },
    scale: 1e-4,
    offset: 0,
    nodata: Number.NaN,
    saturation: 65_535,
    warnings: [],
    ...options,
  };
}

const DARK = [900, 900, 900];
const FIRE = [9_000, 4_000, 2_000];

function rules(scene: Scene): string[] {
  return detect(scene, 3).pixels.map(({ x, y, rule }) => `${x},${y} ${rule}`);
}

describe("the HOTMAP program", () => {
  const seed = Number(process.env.TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));

  test(`agrees with a reference written apart from it, pixel by pixel (TEST_SEED=${seed})`, () => {
    const seen = { a: 0, b: 0 };
    for (let n = 0; n < 150; n++) {
      const scene = randomScene(seed + n);
      const expected = hotmapReference(scene);
      expect(detect(scene, 64), `TEST_SEED=${seed + n}`).toEqual(expected);
      for (const { rule } of expected.pixels) seen[rule]++;
    }
    expect(seen.a, "random scenes must burn by rule a").toBeGreaterThan(100);
    expect(seen.b, "random scenes must burn by rule b").toBeGreaterThan(100);
  });

  test(`finds the same whatever the tile size (TEST_SEED=${seed})`, () => {
    for (let n = 0; n < 12; n++) {
      const scene = randomScene(seed + n);
      const whole = hotmapReference(scene);
      const largest = Math.max(scene.width, scene.height) + 1;
      for (let tile = 1; tile <= largest; tile++) {
        expect(detect(scene, tile), `tile ${tile}, TEST_SEED=${seed + n}`).toEqual(whole);
      }
    }
  });

  test("takes pixels that lie exactly on the thresholds of rule a", () => {
    expect(rules(patch([1_500, 1_000, 1_000], DARK))).toEqual(["1,1 a"]);
    expect(rules(patch([2_800, 2_000, 2_000], DARK))).toEqual(["1,1 a"]);
    expect(rules(patch([1_499, 1_000, 1_000], DARK))).toEqual([]);
    expect(rules(patch([2_799, 2_000, 1_000], DARK))).toEqual([]);
    expect(rules(patch([2_799, 1_000, 2_000], DARK))).toEqual([]);
  });

  test("takes the hot neighbours of a fire by rule b, and hot pixels elsewhere not at all", () => {
    const hot = [5_000, 5_000, 2_500];
    expect(rules(patch(FIRE, hot))).toEqual([
      ...["0,0 b", "1,0 b", "2,0 b", "0,1 b", "1,1 a", "2,1 b", "0,2 b", "1,2 b", "2,2 b"],
    ]);
    expect(rules(patch(hot, hot))).toEqual([]);
    expect(rules(patch(FIRE, [5_000, 4_999, 2_400]))).toEqual(["1,1 a"]);
    expect(rules(patch(FIRE, [5_000, 5_000, 2_501]))).toEqual(["1,1 a"]);
  });

  test("takes saturated neighbours of a fire, and not what is saturated alone", () => {
    const saturated = [65_535, 65_535, 65_535];
    expect(rules(patch(FIRE, saturated))).toHaveLength(9);
    expect(rules(patch(saturated, DARK))).toEqual([]);
    expect(rules(patch(FIRE, saturated, { saturation: Number.POSITIVE_INFINITY }))).toEqual([
      "1,1 a",
    ]);
  });

  test("lets the darkness of the ground stand in nobody's way: a denominator of 0 or below", () => {
    expect(rules(patch([3_000, 1_000, 1_000], DARK, { offset: -1_000 }))).toEqual(["1,1 a"]);
    expect(rules(patch([3_000, 900, 800], DARK, { offset: -1_000 }))).toEqual(["1,1 a"]);
    expect(rules(patch([1_000, 900, 800], DARK, { offset: -1_000 }))).toEqual([]);
  });

  test("neither finds nor counts pixels that were not measured", () => {
    for (const b of [0, 1, 2]) {
      for (const dn of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 7]) {
        const broken = FIRE.map((value, i) => (i === b ? dn : value));
        const found = detect(patch(broken, DARK, { nodata: 7 }), 3);
        expect(found).toEqual({ pixels: [], validPixels: 8 });
      }
    }
  });

  test("reports the reflectances it judged by", () => {
    const [pixel] = detect(patch(FIRE, DARK, { offset: -1_000 }), 3).pixels;
    expect(pixel).toEqual({
      ...{ x: 1, y: 1, rule: "a" },
      ...{ rho12: Math.fround(0.8), rho11: Math.fround(0.3), rhoNir: Math.fround(0.1) },
    });
  });

  test("traps on an input of another form", () => {
    const tile = { index: 0, x: 0, y: 0, width: 3, height: 3 };
    const input = encodeTile(patch(FIRE, DARK), tile);
    const broken = [
      new Uint8Array(0),
      input.subarray(0, 63),
      input.subarray(0, -1),
      new Uint8Array([...input, 0]),
      ...[0, 4, 16, 20, 24, 28].map((at) => {
        const copy = Uint8Array.from(input);
        new DataView(copy.buffer).setUint32(at, 0xffff_fffe, true);
        return copy;
      }),
      ...[16, 20].map((at) => {
        const copy = Uint8Array.from(input);
        new DataView(copy.buffer).setUint32(at, 0, true);
        return copy;
      }),
    ];
    for (const bytes of broken)
      expect(() => runProgram(program, bytes)).toThrow(WebAssembly.RuntimeError);
  });
});
