import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { compileHotmap, prepareFireJob } from "../src/job.ts";
import { readScene } from "../src/scene/readScene.ts";
import { runProgram } from "./runProgram.ts";

const SCENE = fileURLToPath(
  new URL("../../../../shared/data/G90292_20230514.tif", import.meta.url),
);

describe("a real Sentinel-2 scene of a wildfire in British Columbia", () => {
  beforeEach((context) => {
    if (!existsSync(SCENE))
      context.skip("../shared/data/G90292_20230514.tif is not on this machine");
  });

  let program: Uint8Array;
  beforeAll(async () => {
    program = await compileHotmap();
  });

  async function detect(tile: number, options?: Parameters<typeof readScene>[1]) {
    const job = await prepareFireJob(await readScene(SCENE, options), { tile, program });
    const module = new WebAssembly.Module(new Uint8Array(job.program));
    for (let position = 0; position < job.taskCount; position++) {
      job.collect(position, runProgram(module, job.input(position)));
    }
    return job.finish();
  }

  test("knows its bands by their names, its place and its day", async () => {
    const scene = await readScene(SCENE);
    expect(scene).toMatchObject({
      ...{ width: 400, height: 400, acquired: "2023-05-14", warnings: [] },
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
});
