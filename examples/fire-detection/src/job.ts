import { readFile } from "node:fs/promises";
import { type AbortOptions, compileProgram } from "@assay/sdk";
import { TilesMissingError } from "./errors.ts";
import type { Scene } from "./scene/scene.ts";
import { decodeDetections, maxResultBytes, type TileDetections } from "./tiles/decodeDetections.ts";
import type { Detection, Detections } from "./tiles/detection.ts";
import { encodeTile, haloedPixels } from "./tiles/encodeTile.ts";
import { MAX_TILE_PIXELS, type Tile, type TileGrid, tileGrid } from "./tiles/grid.ts";
import { mergeDetections } from "./tiles/mergeDetections.ts";

/**
 * Pages of 64 KiB: enough for the input, the marks and the longest result of a tile of {@link MAX_TILE_PIXELS}. One value for
 * all tile sizes, so that the program and its CID are the same for all jobs; memory that is not touched costs nothing.
 */
const PROGRAM_MEMORY_PAGES = 640;

/** What a job's spec must allow a task. */
export interface TaskLimits {
  memoryPages: number;
  maxResultBytes: number;
  maxSteps: bigint;
}

/** A scene as a job: what to post, and how to read what comes back. Task `i` is tile `i` of the grid. */
export interface FireJob {
  /** The WebAssembly module. */
  program: Uint8Array;
  grid: TileGrid;
  taskCount: number;
  limits: TaskLimits;
  /** The input of task `position`; made when asked for, so that a large scene is never in memory twice. */
  input(position: number): Uint8Array;
  /** All inputs in order. */
  inputs(): Iterable<Uint8Array>;
  /**
   * Takes the result of task `position`, in whatever order results come, and returns what it found.
   * @throws {@link MalformedDetectionsError} when the bytes are not detections of that tile.
   */
  collect(position: number, result: Uint8Array): readonly Detection[];
  /**
   * Everything that was found, once every task's result was collected.
   * @throws {@link TilesMissingError} that names the tiles without a result.
   */
  finish(): Detections;
}

/**
 * Cuts a scene into tiles and compiles HOTMAP for them.
 * @param tile - side of a tile in pixels, 1 to {@link MAX_TILE_PIXELS}. The result is the same whatever it is.
 * @param program - what {@link compileHotmap} gave; for many scenes it need not be compiled again. Default: compiles it.
 */
export async function prepareFireJob(
  scene: Scene,
  { tile, program: compiled, signal }: { tile: number; program?: Uint8Array } & AbortOptions,
): Promise<FireJob> {
  if (tile > MAX_TILE_PIXELS) {
    throw new RangeError(`a tile has at most ${MAX_TILE_PIXELS} pixels a side, not ${tile}`);
  }
  const grid = tileGrid({ width: scene.width, height: scene.height, tile });
  const program = compiled ?? (await compileHotmap({ signal }));
  const found = new Map<number, TileDetections>();
  const input = (position: number) => encodeTile(scene, grid.at(position));
  return {
    program,
    grid,
    taskCount: grid.count,
    limits: taskLimits(grid.at(0)),
    input,
    *inputs() {
      for (let position = 0; position < grid.count; position++) yield input(position);
    },
    collect(position, result) {
      const detections = decodeDetections(grid.at(position), result);
      found.set(position, detections);
      return detections.pixels;
    },
    finish() {
      const missing = Array.from({ length: grid.count }, (_, i) => i).filter((i) => !found.has(i));
      if (missing.length > 0) throw new TilesMissingError(missing, grid.count);
      return mergeDetections(found.values());
    },
  };
}

/** Compiles `assembly/hotmap.ts`. */
export async function compileHotmap({ signal }: AbortOptions = {}): Promise<Uint8Array> {
  const source = await readFile(new URL("../assembly/hotmap.ts", import.meta.url), {
    encoding: "utf8",
    signal,
  });
  return compileProgram({ source, name: "hotmap", memoryPages: PROGRAM_MEMORY_PAGES, signal });
}

/** Limits for the largest tile of a job. */
function taskLimits(largest: Tile): TaskLimits {
  return {
    memoryPages: PROGRAM_MEMORY_PAGES,
    maxResultBytes: maxResultBytes(largest),
    // A pixel costs some 100 instructions, 200 if it burns.
    maxSteps: BigInt(20_000 + 400 * haloedPixels(largest)),
  };
}
