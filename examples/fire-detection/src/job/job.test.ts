import { Outcome } from "@assay/sdk";
import { inspectProgram, runProgram } from "@assay/sdk/program";
import { beforeAll, describe, expect, test } from "vitest";
import { variants } from "../../../../test/fixtures/long.ts";
import {
  createLocalProgram,
  type LocalProgram,
} from "../../../shared/src/programs/localProgram.ts";
import { detect, programOf } from "../../test/detect.ts";
import { randomScene } from "../../test/randomScenes.ts";
import { hotmapReference } from "../../test/reference/hotmap.ts";
import { ALGORITHM_NAMES } from "../algorithms/algorithm.ts";
import { ALGORITHMS } from "../algorithms/algorithms.ts";
import { HOTMAP, TAI } from "../algorithms/sentinel2.ts";
import { type Band, NODATA_DN, SATURATED_DN, type Scene } from "../scene/scene.ts";
import { makeScene } from "../synthetic/syntheticScene.ts";
import { MalformedDetectionsError } from "../tiles/decodeDetections.ts";
import { MissingBandError } from "../tiles/encodeTile.ts";
import { type FireJob, prepareFireJob, TilesMissingError } from "./job.ts";

/** A scene that burns all over. */
function infernoOf(side: number): Scene {
  const band = (dn: number): Band => ({
    dn: new Float32Array(side * side).fill(dn),
    scale: 1e-4,
    offset: 0,
    nodata: NODATA_DN,
    saturation: SATURATED_DN,
  });
  return {
    name: "inferno",
    kind: "sentinel-2",
    width: side,
    height: side,
    warnings: [],
    bands: { "12": band(9_000), "11": band(4_000), nir: band(2_000) },
  };
}

describe("prepareFireJob", () => {
  const scene = makeScene({ seed: 9, width: 150, height: 110, fires: 3 });
  let job: FireJob;
  let program: LocalProgram;
  beforeAll(async () => {
    job = await prepareFireJob(scene, { algorithm: HOTMAP, tile: 32 });
    program = createLocalProgram(job.program);
  });

  test("makes one task a tile, its inputs in order", () => {
    expect(job.taskCount).toBe(5 * 4);
    expect([...job.inputs()]).toEqual(
      Array.from({ length: job.taskCount }, (_, position) => job.input(position)),
    );
  });

  test("puts results together in whatever order they come, once they are all there", () => {
    const expected = hotmapReference(scene);
    expect(expected.pixels.length).toBeGreaterThan(10);
    for (let position = job.taskCount - 1; position > 0; position--) {
      job.collect(position, program.run(job.input(position)));
    }
    expect(() => job.finish()).toThrow(TilesMissingError);
    expect(() => job.finish()).toThrow("1 of 20 tiles have no result (0)");
    job.collect(0, program.run(job.input(0)));
    expect(job.finish()).toEqual(expected);
  });

  test("takes no result of another tile", () => {
    const burning = hotmapReference(scene).pixels[0];
    if (burning === undefined) expect.unreachable("the scene must burn");
    const position = Math.floor(burning.y / 32) * 5 + Math.floor(burning.x / 32);
    const other = position === 0 ? 1 : 0;
    const result = program.run(job.input(position));
    expect(() => job.collect(other, result)).toThrow(MalformedDetectionsError);
    expect(() => job.collect(job.taskCount, result)).toThrow(RangeError);
  });

  test("asks for the memory that its program declares, whatever the tile size", async () => {
    const { memory } = inspectProgram(job.program);
    expect(job.limits.memoryPages).toBe(memory.maxPages);
    const larger = await prepareFireJob(scene, { algorithm: HOTMAP, tile: 128 });
    expect(larger.program).toEqual(job.program);
    expect(larger.limits.maxResultBytes).toBeGreaterThan(job.limits.maxResultBytes);
  });

  test("has room for the largest tile, burning all over", async () => {
    const side = 1_024;
    const inferno = infernoOf(side);
    const whole = await prepareFireJob(inferno, {
      algorithm: HOTMAP,
      tile: side,
      program: job.program,
    });
    expect(whole.taskCount).toBe(1);
    const result = program.run(whole.input(0));
    expect(result.length).toBe(whole.limits.maxResultBytes);
    whole.collect(0, result);
    expect(whole.finish().pixels).toHaveLength(side * side);
  });

  test("refuses tiles that do not fit", async () => {
    for (const tile of [0, -1, 1.5, 1_025, Number.NaN]) {
      await expect(prepareFireJob(scene, { algorithm: HOTMAP, tile })).rejects.toThrow(RangeError);
    }
    await expect(prepareFireJob(scene, { algorithm: TAI, tile: 513 })).rejects.toThrow(RangeError);
  });

  test("refuses a scene that lacks a band, before anything is paid", async () => {
    const { nir, ...rest } = scene.bands;
    expect(nir).toBeDefined();
    const job = await prepareFireJob({ ...scene, bands: rest }, { algorithm: HOTMAP, tile: 64 });
    expect(() => job.input(0)).toThrow(MissingBandError);
  });
});

describe("the limits of a job", () => {
  test("have room for a tile that is bright all over, which asks all neighbours", async () => {
    const side = 64;
    const [scale, offset, nodata, saturation] = [1e-4, 0, NODATA_DN, SATURATED_DN];
    const band = (dn: number): Band => ({
      ...{ scale, offset, nodata, saturation },
      dn: new Float32Array(side * side).fill(dn),
    });
    const bright: Scene = {
      ...{ name: "bright", kind: "sentinel-2", width: side, height: side, warnings: [] },
      bands: { "12": band(7_000), "11": band(5_500), nir: band(2_000) },
    };
    const { wasm } = await programOf(HOTMAP);
    const whole = await prepareFireJob(bright, { algorithm: HOTMAP, tile: side, program: wasm });
    const run = runProgram({ wasm, input: whole.input(0), ...whole.limits });
    expect(run.outcome).toBe(Outcome.ok);
    expect(3n * run.fuelUsed).toBeLessThan(2n * whole.limits.maxSteps);
  });

  test.each(ALGORITHM_NAMES)(
    "have room for the work of a tile that is hot all over: %s",
    async (name) => {
      const algorithm = ALGORITHMS[name];
      // Dense with candidates, as no real scene is.
      for (const seed of variants([41, 43])) {
        const hot = randomScene(algorithm.sensor, seed, { width: 48, height: 48 });
        const { wasm } = await programOf(algorithm);
        const whole = await prepareFireJob(hot, { algorithm, tile: 64, program: wasm });
        const run = runProgram({
          wasm: whole.program,
          input: whole.input(0),
          ...whole.limits,
        });
        if (run.outcome !== Outcome.ok) expect.unreachable(`seed ${seed} ended otherwise`);
        expect(run.fuelUsed).toBeLessThan(whole.limits.maxSteps);
        expect(whole.collect(0, run.bytes)).toEqual((await detect(hot, algorithm, 64)).pixels);
      }
    },
  );

  test.each([8, 37, 64])(
    "have room for a tile of %i pixels a side whose every pixel the learned detector looks at",
    async (tile) => {
      const algorithm = ALGORITHMS.learned;
      const { wasm } = await programOf(algorithm);
      const job = await prepareFireJob(infernoOf(tile), { algorithm, tile, program: wasm });
      const run = runProgram({ wasm, input: job.input(0), ...job.limits });
      expect(run.outcome).toBe(Outcome.ok);
      // Nor is the limit far above it: a broken program should not run for long.
      expect(Number(run.fuelUsed) / Number(job.limits.maxSteps)).toBeGreaterThan(0.5);
    },
  );
});
