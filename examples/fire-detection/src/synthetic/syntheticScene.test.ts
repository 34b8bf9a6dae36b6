import { describe, expect, test } from "vitest";
import { variants } from "../../../../test/fixtures/long.ts";
import { hotmapReference } from "../../test/reference/hotmap.ts";
import { evaluate } from "../evaluation/evaluate.ts";
import { pixelCentre } from "../scene/georeference.ts";
import { planckRadiance } from "./planck.ts";
import { makeScene } from "./syntheticScene.ts";

describe("makeScene", () => {
  const small = { width: 200, height: 160, fires: 3 };
  const scene = makeScene({ seed: 5, ...small });

  test("gives the same scene for the same seed, and another one for another", () => {
    const { cloudAt, ...rest } = scene;
    expect(cloudAt(1, 1)).toBe(0);
    expect(makeScene({ seed: 5, ...small })).toMatchObject(rest);
    expect(makeScene({ seed: 6, ...small }).bands["12"]).not.toEqual(scene.bands["12"]);
  });

  test("fills every pixel with a plausible DN", () => {
    const { bands, width, height } = scene;
    for (const band of Object.values(bands)) {
      expect(band.dn).toHaveLength(width * height);
      expect(band.dn.every((dn) => Number.isInteger(dn) && dn >= 1 && dn <= 65_535)).toBe(true);
    }
  });

  test("names every burning pixel once, in order, inside of the scene", () => {
    const { truth, width, height } = scene;
    expect(truth.length).toBeGreaterThan(10);
    let previous = -1;
    for (const { x, y } of truth) {
      expect(x >= 0 && y >= 0 && x < width && y < height).toBe(true);
      expect(y * width + x).toBeGreaterThan(previous);
      previous = y * width + x;
    }
  });

  test("can do without fires and find few", () => {
    const quiet = makeScene({ seed: 5, ...small, fires: 0 });
    expect(quiet.truth).toEqual([]);
    expect(hotmapReference(quiet).pixels.length).toBeLessThan(60);
  });

  test("is in the sea", () => {
    const { georeference } = scene;
    if (georeference === undefined) expect.unreachable("no georeference");
    const { lon, lat } = pixelCentre(georeference, { x: 0, y: 0 });
    expect(Math.abs(lon - 3)).toBeLessThan(0.2);
    expect(Math.abs(lat)).toBeLessThan(0.2);
  });

  test.each(variants([1, 2, 3]))("is neither too easy nor too hard: seed %i", (seed) => {
    const large = makeScene({ seed, width: 400, height: 400 });
    const { precision, recall } = evaluate(hotmapReference(large).pixels, large.truth);
    for (const share of [precision, recall]) {
      expect(share).toBeGreaterThan(0.7);
      expect(share).toBeLessThan(0.98);
    }
  });
});

describe("planckRadiance", () => {
  test("has its value for a surface at room temperature", () => {
    expect(planckRadiance(10, 300)).toBeCloseTo(9.924, 3);
  });

  test("sums up to the Stefan–Boltzmann law", () => {
    const stepUm = 0.01;
    let sum = 0;
    for (let um = 0.2; um < 200; um += stepUm) sum += planckRadiance(um, 900) * stepUm;
    expect((Math.PI * sum) / (5.670374419e-8 * 900 ** 4)).toBeCloseTo(1, 3);
  });
});
