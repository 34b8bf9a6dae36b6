import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeEach, describe, expect, test } from "vitest";
import { REAL_PIXELS } from "../src/accuracy/markdown.ts";
import type { AlgorithmName } from "../src/algorithms/algorithm.ts";
import { ALGORITHMS } from "../src/algorithms/algorithms.ts";
import { readScene } from "../src/reader/readScene.ts";
import { neighbourhood, pixelKey } from "../src/scene/scene.ts";
import { detect as detectIn } from "./detect.ts";

const SCENE = fileURLToPath(
  new URL("../../../../shared/data/G90292_20230514.tif", import.meta.url),
);

describe("a real Sentinel-2 scene of a wildfire in British Columbia", () => {
  beforeEach((context) => {
    if (!existsSync(SCENE))
      context.skip("../shared/data/G90292_20230514.tif is not on this machine");
  });

  async function detect(
    tile: number,
    options?: Parameters<typeof readScene>[1],
    name: AlgorithmName = "hotmap",
  ) {
    return detectIn(await readScene(SCENE, options), ALGORITHMS[name], tile);
  }

  test("knows its bands by their names, its place and its day", async () => {
    const scene = await readScene(SCENE);
    expect(scene).toMatchObject({
      width: 400,
      height: 400,
      acquired: "2023-05-14",
      warnings: [],
      sensor: { satellite: "Sentinel-2", instrument: "MSI" },
      georeference: { epsg: 32610, originX: 478_880, originY: 6_439_940 },
    });
    const named = await readScene(SCENE, { bands: { "12": 2, "11": 1, nir: 0 } });
    expect(named.bands).toEqual(scene.bands);
  });

  test("has 46 fire pixels at DN / 10000, the same ones whatever the tile size", async () => {
    const whole = await detect(400);
    expect(whole.pixels).toHaveLength(46);
    expect(whole.validPixels).toBe(160_000);
    for (const tile of [16, 37, 64]) expect(await detect(tile)).toEqual(whole);
  });

  test("has 53 fire pixels at (DN − 1000) / 10000", async () => {
    expect((await detect(64, { offset: -1_000 })).pixels).toHaveLength(53);
  });

  test("has all of HOTMAP's pixels, and more that mostly touch them, by the learned detector, which never saw it", async () => {
    const whole = await detect(400, {}, "learned");
    expect(whole.pixels).toHaveLength(REAL_PIXELS.learned);
    const found = new Set(whole.pixels.map(pixelKey));
    const hotmap = await detect(400);
    expect(hotmap.pixels).toHaveLength(REAL_PIXELS.hotmap);
    expect(hotmap.pixels.filter((pixel) => !found.has(pixelKey(pixel)))).toEqual([]);
    const known = new Set(hotmap.pixels.map(pixelKey));
    const more = whole.pixels.filter((pixel) => !known.has(pixelKey(pixel)));
    const beside = more.filter((pixel) => neighbourhood(pixel).some((p) => known.has(pixelKey(p))));
    expect(beside).toHaveLength(REAL_PIXELS.besideHotmap);
    for (const tile of [16, 37, 64]) expect(await detect(tile, {}, "learned")).toEqual(whole);
  });

  test("has 87 pixels by the plain rule, whatever is taken off", async () => {
    expect((await detect(64, {}, "plain")).pixels).toHaveLength(87);
    expect((await detect(50, { offset: -1_000 }, "plain")).pixels).toHaveLength(87);
  });

  test("has anomalies by TAI that HOTMAP finds too, the same ones whatever the tile size", async () => {
    const whole = await detect(400, { offset: -1_000 }, "tai");
    expect(whole.pixels.length).toBeGreaterThan(0);
    for (const tile of [16, 64])
      expect(await detect(tile, { offset: -1_000 }, "tai")).toEqual(whole);
    const found = await detect(64, { offset: -1_000 });
    const hot = new Set(found.pixels.map(({ x, y }) => `${x},${y}`));
    const both = whole.pixels.filter(({ x, y }) => hot.has(`${x},${y}`));
    expect(both.length / whole.pixels.length).toBeGreaterThan(0.5);
  });

  test("is refused by an algorithm for another sensor", async () => {
    await expect(readScene(SCENE, { kind: "landsat", scale: 1e-4 })).rejects.toMatchObject({
      code: expect.stringMatching(/SCENE_WRONG_SENSOR|BAND_MISSING/),
    });
  });
});
