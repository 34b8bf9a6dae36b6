import type { SensorKind } from "../scene/scene.ts";
import type { Algorithm, AlgorithmName } from "./algorithm.ts";
import { KUMAR_ROY, MURPHY, SCHROEDER, VOTE } from "./landsat.ts";
import { HOTMAP, LEARNED, PLAIN, TAI } from "./sentinel2.ts";
import { MODIS, VIIRS } from "./thermal.ts";

export const ALGORITHMS: Readonly<Record<AlgorithmName, Algorithm>> = {
  hotmap: HOTMAP,
  tai: TAI,
  plain: PLAIN,
  learned: LEARNED,
  schroeder: SCHROEDER,
  murphy: MURPHY,
  "kumar-roy": KUMAR_ROY,
  vote: VOTE,
  viirs: VIIRS,
  modis: MODIS,
};

/** The algorithms for a sensor's scenes. */
export function algorithmsFor(sensor: SensorKind): Algorithm[] {
  return Object.values(ALGORITHMS).filter((algorithm) => algorithm.sensor === sensor);
}
