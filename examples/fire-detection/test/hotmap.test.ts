import { describe, expect, test } from "vitest";
import { HOTMAP, PLAIN } from "../src/algorithms/sentinel2.ts";
import type { Band, Scene } from "../src/scene/scene.ts";
import { createRandom } from "../src/synthetic/random.ts";
import { detect } from "./detect.ts";
import { patch as patchOf } from "./patch.ts";
import { hotmapReference } from "./reference/hotmap.ts";

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

const seed = Number(process.env.TEST_SEED ?? Math.floor(Math.random() * 2 ** 30));

/** Nearly all is plainly cold, which the program tells of several pixels at once; the rest is a step of a float beside what is not. */
function coldScene(sceneSeed: number): Scene {
  const random = createRandom(sceneSeed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random.next() * from.length)] as T;
  const beside = (value: number) => {
    const bits = new Uint32Array(Float32Array.of(value).buffer);
    bits[0] = (bits[0] as number) + pick([-2, -1, 0, 1, 2]);
    return new Float32Array(bits.buffer)[0] as number;
  };
  const calibration = {
    scale: pick([1e-4, 1e-4, 1e-3, 1]),
    offset: pick([0, 0, -1_000, 1_000]),
    nodata: pick([0, Number.NaN, -9_999, 500, 1_234, Infinity]),
    saturation: pick([65_535, Infinity, Number.NaN, 4_000, 900, 0]),
  };
  const limits = [
    ...[0.5 / calibration.scale - calibration.offset, -calibration.offset],
    ...[calibration.nodata, calibration.saturation, 0, -0, -5, Infinity, 1e-45],
  ];
  const odd = pick([0, 0.01, 0.1]);
  const [width, height] = [Math.ceil(random.between(0, 24)), Math.ceil(random.between(0, 12))];
  const ground = random.between(1, 6_000);
  const band = (share: number): Band => ({
    ...calibration,
    ...(random.next() < 0.1 && { offset: pick([0, 5, -5]) }),
    ...(random.next() < 0.1 && { scale: calibration.scale * pick([0.5, 0.9]) }),
    ...(random.next() < 0.2 && { saturation: beside(pick([0.7, 1, 1.3]) * ground) }),
    ...(random.next() < 0.2 && { nodata: pick([Math.fround, beside])(share * ground) }),
    dn: Float32Array.from({ length: width * height }, () =>
      random.next() < odd ? beside(pick([...limits, ground])) : share * ground,
    ),
  });
  const bands = { "12": band(pick([0.7, 1, 1.3])), "11": band(1), nir: band(pick([0.2, 1])) };
  // A fire here and there: beside it a bright pixel burns, too.
  for (let i = 0; i < width * height; i++) {
    if (random.next() < 0.95) continue;
    bands["12"].dn[i] = 2 * ground + 1_500;
    bands["11"].dn[i] = bands.nir.dn[i] = ground;
  }
  return { name: "cold", kind: "sentinel-2", width, height, warnings: [], bands };
}

test(`no pixel is cold that the rules do not find cold, whatever the calibration (TEST_SEED=${seed})`, async () => {
  for (let n = 0; n < 250; n++) {
    const scene = coldScene(seed + n);
    const found = await detect(scene, HOTMAP, 64);
    expect(found, `TEST_SEED=${seed + n}`).toEqual(hotmapReference(scene));
  }
});

test("the plain rule wants band 12 above both others, by however little", async () => {
  const burns = async (middle: Dn) => (await detect(patch(middle, DARK), PLAIN, 3)).pixels.length;
  expect(await burns([1_001, 1_000, 1_000])).toBe(1);
  expect(await burns([1_000, 1_000, 900])).toBe(0);
  expect(await burns([1_000, 900, 1_000])).toBe(0);
});
