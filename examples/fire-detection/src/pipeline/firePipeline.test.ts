import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runPipeline } from "@assay/pipelines";
import { inProcessRunner, threadsRunner } from "@assay/runners";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runOnRunner } from "../../../shared/src/runners/runCollected.ts";
import { writeTiff } from "../../test/writeTiff.ts";
import { ALGORITHMS } from "../algorithms/algorithms.ts";
import { prepareFireJob } from "../job/job.ts";
import { toGeoJson } from "../outputs/geojson.ts";
import { readScene } from "../reader/readScene.ts";
import { dnAt } from "../scene/scene.ts";
import { makeScene } from "../synthetic/syntheticScene.ts";
import { firePipeline } from "./firePipeline.ts";

const algorithm = ALGORITHMS.hotmap;
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "assay-fires-"));
  await writeScene("first", 1);
  await writeScene("second", 2);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A synthetic scene as a file: bands 12, 11 and NIR. */
async function writeScene(name: string, seed: number): Promise<string> {
  const scene = makeScene({ seed, width: 96, height: 80 });
  const bands = ["12", "11", "nir"].map((band) => {
    const of = scene.bands[band];
    if (of === undefined) throw new TypeError(`the scene has no band ${band}`);
    return Array.from({ length: scene.height }, (_, y) =>
      Array.from({ length: scene.width }, (_, x) => dnAt(of, y * scene.width + x)),
    );
  });
  return writeTiff(join(folder, `${name}.tif`), bands);
}

async function run(runner: "threads" | "in-process") {
  const out = join(folder, "out");
  const options = { algorithm, tile: 32, folder, out, read: {}, runner };
  const pipeline = await firePipeline(options);
  const opened = runner === "threads" ? threadsRunner({ threads: 2 }) : inProcessRunner();
  try {
    const store = join(folder, "fires.sqlite");
    const { steps } = await runPipeline(pipeline, { store, runners: { [runner]: opened } });
    return Object.fromEntries(steps.map(({ name, done }) => [name, done]));
  } finally {
    await opened.close();
  }
}

test("a folder of scenes is searched as each scene by itself, and a second time what changed", async () => {
  const first = await run("threads");
  expect(first).toMatchObject({ cut: 2, read: 18, report: 2, write: 2 });
  for (const name of ["first", "second"]) {
    const scene = await readScene(join(folder, `${name}.tif`));
    const job = await prepareFireJob(scene, { algorithm, tile: 96 });
    const runner = inProcessRunner();
    const found = await runOnRunner(job, { runner }).finally(() => runner.close());
    expect(found.pixels.length).toBeGreaterThan(5);
    const written = (file: string) => readFile(join(folder, "out", name, file), "utf8");
    expect(await written("fires.geojson")).toBe(toGeoJson(scene, found, algorithm));
    expect((await written("fires.csv")).trimEnd().split("\n")).toHaveLength(
      found.pixels.length + 1,
    );
    expect(await written("map.html")).toContain("<!doctype html>");
  }
  // Where the detection runs is not part of what is remembered.
  const again = await run("in-process");
  expect(Object.values(again)).toEqual(Object.values(again).map(() => 0));
  await writeScene("second", 3);
  expect(await run("threads")).toMatchObject({ cut: 1, read: 9, merge: 1, report: 1, write: 1 });
});
