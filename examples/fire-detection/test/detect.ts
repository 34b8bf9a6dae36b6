import { createLocalProgram, type LocalProgram } from "../../shared/src/programs/localProgram.ts";
import type { Algorithm, ProgramName } from "../src/algorithms/algorithm.ts";
import { compileDetector } from "../src/algorithms/compile.ts";
import type { Scene } from "../src/scene/scene.ts";
import { decodeDetections } from "../src/tiles/decodeDetections.ts";
import type { Detections } from "../src/tiles/detection.ts";
import { encodeTile } from "../src/tiles/encodeTile.ts";
import { tileGrid } from "../src/tiles/grid.ts";
import { mergeDetections } from "../src/tiles/mergeDetections.ts";

interface Program {
  wasm: Uint8Array;
  local: LocalProgram;
}

const programs = new Map<ProgramName, Promise<Program>>();

/** What was compiled, for all files of tests that this process runs: each has this module anew. */
const kept = globalThis as { fireDetectors?: Map<ProgramName, Promise<Uint8Array>> };
kept.fireDetectors ??= new Map();
const { fireDetectors } = kept;

function compiledOnce(name: ProgramName): Promise<Uint8Array> {
  const compiled = fireDetectors.get(name) ?? compileDetector(name);
  fireDetectors.set(name, compiled);
  return compiled;
}

/** The compiled program of an algorithm; each is compiled once a process. */
export function programOf({ program }: Pick<Algorithm, "program">): Promise<Program> {
  let compiled = programs.get(program);
  if (compiled === undefined) {
    compiled = compiledOnce(program).then((wasm) => ({
      wasm,
      local: createLocalProgram(wasm),
    }));
    programs.set(program, compiled);
  }
  return compiled;
}

/** Runs an algorithm's program on every tile of a scene. */
export async function detect(
  scene: Scene,
  algorithm: Algorithm,
  tile: number,
): Promise<Detections> {
  const { local } = await programOf(algorithm);
  const grid = tileGrid({ width: scene.width, height: scene.height, tile });
  return mergeDetections(
    Array.from({ length: grid.count }, (_, i) => {
      const input = encodeTile(scene, grid.at(i), algorithm);
      return decodeDetections(grid.at(i), local.run(input), algorithm);
    }),
  );
}
