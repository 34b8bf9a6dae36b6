import { describe, expect, test } from "vitest";
import { patch } from "../../test/patch.ts";
import { constantBand, physicalBand, valueAt } from "../scene/scene.ts";
import { createRandom } from "../synthetic/random.ts";
import { backgroundThreshold } from "./backgroundThreshold.ts";
import { glintCosine, withDerivedBands } from "./derivedBands.ts";
import { viirsPixelArea } from "./viirsPixel.ts";

const degrees = (cosine: number) => (Math.acos(cosine) * 180) / Math.PI;

describe("the glint angle", () => {
  test("is 0 where the view meets the sun's mirror image, and twice the zenith away from it", () => {
    expect(degrees(glintCosine(40, 40, 180))).toBeCloseTo(0, 5);
    expect(degrees(glintCosine(40, 40, 0))).toBeCloseTo(80, 5);
    expect(degrees(glintCosine(40, 0, 77))).toBeCloseTo(40, 5);
  });

  test("is nowhere near where an angle is not known", () => {
    expect(glintCosine(40, Number.NaN, 0)).toBe(-1);
    const { bands } = withDerivedBands(patch("viirs", 3, { i4: 300, sza: 40 }));
    expect(valueAt(bands.glint ?? expect.unreachable("no glint"), 4)).toBe(-1);
  });
});

test("a pixel of VIIRS is 0.37 × 0.39 km at nadir and 0.8 × 0.8 km at the end of a scan", () => {
  expect(viirsPixelArea()).toBeCloseTo(0.371 * 0.387, 3);
  expect(viirsPixelArea(70)).toBeCloseTo(0.8 * 0.8, 1);
  // Three samples, then two, then one make a pixel, so that it grows less than tenfold.
  const areas = Array.from({ length: 71 }, (_, zenith) => viirsPixelArea(zenith));
  expect(Math.max(...areas) / Math.min(...areas)).toBeLessThan(6);
  const { bands } = withDerivedBands(patch("viirs", 3, { i4: 300, sza: 40, vza: 35 }));
  expect(valueAt(bands.area ?? expect.unreachable("no area"), 4)).toBeCloseTo(
    viirsPixelArea(35),
    6,
  );
});

describe("VIIRS's threshold", () => {
  const thresholdOf = (i4: Float32Array, width: number) =>
    backgroundThreshold({
      ...patch("viirs", width, {}),
      height: i4.length / width,
      bands: { i4: physicalBand(i4) },
    });

  test("is 325 K where the ground is cooler, 330 K where it is hotter or hardly anything is known", () => {
    expect(thresholdOf(new Float32Array(100).fill(310), 10).dn[50]).toBe(325);
    expect(thresholdOf(new Float32Array(100).fill(340), 10).dn[50]).toBe(330);
    expect(thresholdOf(new Float32Array(9).fill(310), 3).dn[4]).toBe(330);
    const gaps = new Float32Array(100).fill(Number.NaN).fill(310, 0, 9);
    expect(thresholdOf(gaps, 10).dn[50]).toBe(330);
  });

  test("is the median of 501 × 501 pixels in between, to 0.01 K", () => {
    const random = createRandom(11);
    const [width, height] = [530, 40];
    const i4 = Float32Array.from({ length: width * height }, (_, i) =>
      random.next() < 0.02 ? Number.NaN : 321 + 10 * random.next() + (i % width) / 400,
    );
    const threshold = thresholdOf(i4, width);
    for (const [x, y] of [
      [0, 0],
      [265, 20],
      [529, 39],
      [100, 5],
    ] as const) {
      const window: number[] = [];
      for (let j = 0; j < height; j++) {
        for (let k = Math.max(0, x - 250); k <= Math.min(width - 1, x + 250); k++) {
          const value = i4[j * width + k] ?? Number.NaN;
          if (!Number.isNaN(value) && Math.abs(j - y) <= 250) window.push(value);
        }
      }
      const median = window.sort((a, b) => a - b)[Math.floor(window.length / 2)] ?? 0;
      expect(median).toBeGreaterThan(325);
      expect(median).toBeLessThan(330);
      expect(Math.abs((threshold.dn[y * width + x] ?? 0) - median)).toBeLessThan(0.011);
    }
  });
});

test("MODIS pixels have the area of their place in the swath", () => {
  const scene = patch("modis", 2, { t4: 300 });
  const area = (bands: typeof scene.bands) => withDerivedBands({ ...scene, bands }).bands.area;
  expect(area(scene.bands)?.dn).toHaveLength(1);
  const swath = { ...scene.bands, sample: physicalBand(Float32Array.of(0, 676.5, 676.5, 1_353)) };
  expect([...(area(swath)?.dn ?? [])].map((km2) => Number(km2.toFixed(1)))).toEqual([
    9.7, 1, 1, 9.7,
  ]);
  expect(area({ ...scene.bands, sample: constantBand(676.5) })?.dn[0]).toBeCloseTo(1, 3);
});
