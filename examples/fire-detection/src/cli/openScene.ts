import type { AbortOptions } from "@assay/sdk";
import type { Algorithm } from "../algorithms/algorithm.ts";
import { type ReadSceneOptions, readScene, type SceneSource } from "../reader/readScene.ts";
import type { Scene } from "../scene/scene.ts";
import { OLI } from "../synthetic/opticalSensor.ts";
import { makeScene } from "../synthetic/syntheticScene.ts";
import { makeThermalScene } from "../synthetic/thermalScene.ts";

export type OpenSceneOptions = Omit<ReadSceneOptions, "kind"> &
  AbortOptions & { scene: SceneSource | undefined; seed: number };

/** Reads the scene that the command line names, or makes a synthetic one of the algorithm's sensor. */
export async function openScene(
  { sensor }: Pick<Algorithm, "sensor">,
  { scene, seed, ...options }: OpenSceneOptions,
): Promise<Scene> {
  if (scene !== undefined || options.mtl !== undefined) {
    return readScene(scene, { ...options, kind: sensor });
  }
  switch (sensor) {
    case "sentinel-2":
      return makeScene({ seed });
    case "landsat":
      return makeScene({ seed, sensor: OLI, width: 512, height: 512 });
    default:
      return makeThermalScene({ seed, kind: sensor });
  }
}
