import { describe, expect, test } from "vitest";
import { HOTMAP, PLAIN } from "../src/algorithms/sentinel2.ts";
import type { Band, Scene } from "../src/scene/scene.ts";
import { detect } from "./detect.ts";
import { patch as patchOf } from "./patch.ts";

type Dn = readonly [dn12: number, dn11: number, dnNir: number];

const values = ([b12, b11, nir]: Dn) => ({ "12": b12, "11": b11, nir });

/** A scene of 3 × 3 pixels: `middle` in the centre, `around` elsewhere. */
function patch(middle: Dn, around: Dn, calibration: Partial<Band> = {}): Scene {
  return patchOf(
    "sentinel-2",
    3,
    values(around),
    { "1,1": values(middle) },
    {
      calibration: { scale: 1e-4, saturation: 65_535, ...calibration },
    },
  );
}

const DARK: Dn = [900, 900, 900];
const FIRE: Dn = [9_000, 4_000, 2_000];

async function rules(scene: Scene): Promise<string[]> {
  const { pixels } = await detect(scene, HOTMAP, 3);
  return pixels.map(({ x, y, rule }) => `${x},${y} ${rule}`);
}

describe("HOTMAP", () => {
  test("takes pixels that lie exactly on the thresholds of rule a", async () => {
    expect(await rules(patch([1_500, 1_000, 1_000], DARK))).toEqual(["1,1 a"]);
    expect(await rules(patch([2_800, 2_000, 2_000], DARK))).toEqual(["1,1 a"]);
    expect(await rules(patch([1_499, 1_000, 1_000], DARK))).toEqual([]);
    expect(await rules(patch([2_799, 2_000, 1_000], DARK))).toEqual([]);
    expect(await rules(patch([2_799, 1_000, 2_000], DARK))).toEqual([]);
  });

  test("takes the hot neighbours of a fire by rule b, and hot pixels elsewhere not at all", async () => {
    const hot: Dn = [5_000, 5_000, 2_500];
    expect(await rules(patch(FIRE, hot))).toEqual([
      "0,0 b",
      "1,0 b",
      "2,0 b",
      "0,1 b",
      "1,1 a",
      "2,1 b",
      "0,2 b",
      "1,2 b",
      "2,2 b",
    ]);
    expect(await rules(patch(hot, hot))).toEqual([]);
    expect(await rules(patch(FIRE, [5_000, 4_999, 2_400]))).toEqual(["1,1 a"]);
    expect(await rules(patch(FIRE, [5_000, 5_000, 2_501]))).toEqual(["1,1 a"]);
  });

  test("takes saturated neighbours of a fire, and not what is saturated alone", async () => {
    const saturated: Dn = [65_535, 65_535, 65_535];
    expect(await rules(patch(FIRE, saturated))).toHaveLength(9);
    expect(await rules(patch(saturated, DARK))).toEqual([]);
    expect(await rules(patch(FIRE, saturated, { saturation: Infinity }))).toEqual(["1,1 a"]);
  });

  test("lets the darkness of the ground stand in nobody's way: a denominator of 0 or below", async () => {
    const offset = { offset: -1_000 };
    expect(await rules(patch([3_000, 1_000, 1_000], DARK, offset))).toEqual(["1,1 a"]);
    expect(await rules(patch([3_000, 900, 800], DARK, offset))).toEqual(["1,1 a"]);
    expect(await rules(patch([1_000, 900, 800], DARK, offset))).toEqual([]);
  });

  test("neither finds nor counts pixels that were not measured", async () => {
    for (const b of [0, 1, 2]) {
      for (const dn of [Number.NaN, Infinity, -Infinity, 7]) {
        const broken = FIRE.map((value, i) => (i === b ? dn : value)) as unknown as Dn;
        const found = await detect(patch(broken, DARK, { nodata: 7 }), HOTMAP, 3);
        expect(found).toEqual({ pixels: [], validPixels: 8, unknownPixels: 0 });
      }
    }
  });

  test("reports the reflectances it judged by", async () => {
    const { pixels } = await detect(patch(FIRE, DARK, { offset: -1_000 }), HOTMAP, 3);
    expect(pixels).toEqual([
      {
        x: 1,
        y: 1,
        rule: "a",
        values: {
          reflectance_b12: Math.fround(0.8),
          reflectance_b11: Math.fround(0.3),
          reflectance_nir: Math.fround(0.1),
        },
      },
    ]);
  });
});

test("the plain rule wants band 12 above both others, by however little", async () => {
  const burns = async (middle: Dn) => (await detect(patch(middle, DARK), PLAIN, 3)).pixels.length;
  expect(await burns([1_001, 1_000, 1_000])).toBe(1);
  expect(await burns([1_000, 1_000, 900])).toBe(0);
  expect(await burns([1_000, 900, 1_000])).toBe(0);
});
