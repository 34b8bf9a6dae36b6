import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { pipeline as streamed } from "node:stream/promises";
import { bytes, definePipeline, type Pipeline, value } from "@assay/pipelines";
import type { Algorithm } from "../algorithms/algorithm.ts";
import { compileDetector } from "../algorithms/compile.ts";
import { taskLimits } from "../job/job.ts";
import { writeOutputs } from "../outputs/writeOutputs.ts";
import { type ReadSceneOptions, readScene } from "../reader/readScene.ts";
import { SceneError } from "../scene/sceneError.ts";
import { decodeDetections, type TileDetections } from "../tiles/decodeDetections.ts";
import type { Detections } from "../tiles/detection.ts";
import { encodeTile } from "../tiles/encodeTile.ts";
import { tileGrid } from "../tiles/grid.ts";
import { mergeDetections } from "../tiles/mergeDetections.ts";
import { tileOf } from "./tileOf.ts";

/** A file of a scene, and what is in it: who replaces the file has another scene. */
export interface SceneFile {
  path: string;
  /** SHA-256. */
  digest: string;
}

export interface FirePipelineOptions {
  algorithm: Algorithm;
  /** Side of a tile in pixels. */
  tile: number;
  /** Folder with GeoTIFFs, all bands of a scene in one file. */
  folder: string;
  /** Folder for the results, one in it for each scene. */
  out: string;
  /** How the scenes are read. */
  read: Omit<ReadSceneOptions, "kind" | "mtl" | "signal">;
  /** The runner of the detection. */
  runner: string;
}

/** Changes when cutting or merging does. */
const VERSION = "1";

/** Cut → detect → merge → GeoJSON, CSV and map, for each scene of a folder. */
export async function firePipeline(options: FirePipelineOptions): Promise<Pipeline> {
  const { algorithm, tile, folder, read, runner } = options;
  const program = await compileDetector(algorithm.program);
  const largest = { index: 0, x: 0, y: 0, width: tile, height: tile };
  const { maxSteps, maxResultBytes } = taskLimits(largest, algorithm);
  const out = resolve(options.out);
  const version = [VERSION, algorithm.name, tile, JSON.stringify(read)].join(" ");
  const sceneFile = value<SceneFile>("scene-file");
  const open = ({ path }: SceneFile, signal: AbortSignal) =>
    readScene(path, { ...read, kind: algorithm.sensor, signal });

  return definePipeline("fires", (p) => {
    const scenes = p.input("scenes", sceneFile, { source: () => sceneFiles(folder) });
    const tiles = p.flatMap(
      "cut",
      scenes,
      bytes,
      async function* (file, { signal }) {
        const scene = await open(file, signal);
        const grid = tileGrid({ ...scene, tile });
        for (let i = 0; i < grid.count; i++) yield encodeTile(scene, grid.at(i), algorithm);
      },
      { version, concurrency: 1 },
    );
    const results = p.program("detect", tiles, program, {
      runner,
      limits: { maxSteps, maxResultBytes },
    });
    const found = p.join(
      "read",
      { tile: tiles, result: results },
      value<TileDetections>("detections"),
      ({ tile, result }) => decodeDetections(tileOf(tile), result, algorithm),
      { version },
    );
    const merged = p.reduce("merge", found, mergeDetections, { per: scenes, arity: 64, version });
    const report = p.join(
      "report",
      { file: scenes, detections: merged },
      value<{ file: SceneFile; detections: Detections }>("report"),
      (both) => both,
      { version },
    );
    p.effect(
      "write",
      report,
      async ({ file, detections }, { signal }) => {
        const scene = await open(file, signal);
        const contents = { scene, algorithm, detections, tile, evaluation: undefined };
        await writeOutputs(join(out, basename(file.path, ".tif")), contents, { signal });
      },
      // The same files again are the same result; other files, or another folder, are another effect.
      { idempotent: true, version: `${version} ${out}`, concurrency: 1 },
    );
  });
}

/** The GeoTIFFs of a folder, by name. @throws {@link SceneError} when there are none. */
async function* sceneFiles(folder: string): AsyncGenerator<SceneFile> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (cause) {
    throw new SceneError(
      "SCENE_UNREADABLE",
      `${folder} cannot be read (${(cause as NodeJS.ErrnoException).code}): give a folder of GeoTIFFs.`,
      { cause },
    );
  }
  const scenes = names.filter((name) => /\.tiff?$/i.test(name)).sort();
  if (scenes.length === 0) {
    throw new SceneError(
      "SCENE_UNREADABLE",
      `${folder} has no GeoTIFFs: give a folder with files such as scene.tif.`,
    );
  }
  for (const name of scenes) {
    const path = join(folder, name);
    const hash = createHash("sha256");
    await streamed(createReadStream(path), hash);
    yield { path, digest: hash.digest("hex") };
  }
}
