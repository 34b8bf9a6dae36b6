import { type AbortOptions, AssayError } from "@assay/sdk";
import type { Algorithm } from "../algorithms/algorithm.ts";
import { compileDetector, PROGRAM_MEMORY_PAGES } from "../algorithms/compile.ts";
import type { Scene } from "../scene/scene.ts";
import {
  decodeDetections,
  maxResultBytes,
  type TileDetections,
} from "../tiles/decodeDetections.ts";
import type { Detection, Detections } from "../tiles/detection.ts";
import { encodeTile, haloedPixels } from "../tiles/encodeTile.ts";
import { maxTilePixels, type Tile, type TileGrid, tileGrid } from "../tiles/grid.ts";
import { mergeDetections } from "../tiles/mergeDetections.ts";

/** The limits of a task that a job has to ask for. */
export interface TaskLimits {
  memoryPages: number;
  maxResultBytes: number;
  maxSteps: bigint;
}

/** A scene as a job: its inputs, and the decoder of its results. Task `i` is tile `i` of the grid. */
export interface FireJob {
  /** The WebAssembly module. */
  program: Uint8Array;
  grid: TileGrid;
  taskCount: number;
  limits: TaskLimits;
  /** The input of task `position`. It is made by each call, so that a large scene is never in memory twice. */
  input(position: number): Uint8Array;
  /** All inputs in order. */
  inputs(): Iterable<Uint8Array>;
  /**
   * Decodes and keeps the result of task `position`. Results may come in any order.
   * @returns the tile's detections.
   * @throws {@link MalformedDetectionsError} when the bytes are not detections of that tile.
   */
  collect(position: number, result: Uint8Array): readonly Detection[];
  /**
   * The scene's detections, once all results are collected.
   * @throws {@link TilesMissingError} that names the tiles without a result.
   */
  finish(): Detections;
}

/** A job was finished before every tile had its result. */
export class TilesMissingError extends AssayError {
  readonly code = "TILES_MISSING";
  readonly retryable = true;
  readonly missing: readonly number[];

  constructor(missing: readonly number[], tileCount: number) {
    const named = missing.slice(0, 8).join(", ") + (missing.length > 8 ? ", …" : "");
    super(
      `${missing.length} of ${tileCount} tiles have no result (${named}): run the job again for these.`,
    );
    this.missing = missing;
  }
}

export interface PrepareFireJobOptions extends AbortOptions {
  algorithm: Algorithm;
  /** Side of a tile in pixels, 1 to `maxTilePixels`. The detections do not depend on it. */
  tile: number;
  /** The result of `compileDetector`, to compile once for many scenes. Default: the program is compiled. */
  program?: Uint8Array | undefined;
}

/**
 * Cuts a scene into tiles and compiles the algorithm for them.
 * @throws RangeError when a tile is larger than `maxTilePixels`.
 */
export async function prepareFireJob(
  scene: Scene,
  { algorithm, tile, program: compiled, signal }: PrepareFireJobOptions,
): Promise<FireJob> {
  const largest = maxTilePixels(algorithm.halo);
  if (tile > largest) {
    throw new RangeError(`a tile has at most ${largest} pixels a side, not ${tile}`);
  }
  const grid = tileGrid({ width: scene.width, height: scene.height, tile });
  const program = compiled ?? (await compileDetector(algorithm.program, { signal }));
  const found = new Map<number, TileDetections>();
  const input = (position: number) => encodeTile(scene, grid.at(position), algorithm);
  return {
    program,
    grid,
    taskCount: grid.count,
    limits: taskLimits(grid.at(0), algorithm),
    input,
    *inputs() {
      for (let position = 0; position < grid.count; position++) yield input(position);
    },
    collect(position, result) {
      const detections = decodeDetections(grid.at(position), result, algorithm);
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

/** Limits for the largest tile of a job. */
export function taskLimits(largest: Tile, algorithm: Algorithm): TaskLimits {
  const { pixel, fire } = algorithm.steps;
  return {
    memoryPages: PROGRAM_MEMORY_PAGES,
    maxResultBytes: maxResultBytes(largest, algorithm),
    maxSteps: BigInt(
      20_000 + pixel * haloedPixels(largest, algorithm) + fire * largest.width * largest.height,
    ),
  };
}
