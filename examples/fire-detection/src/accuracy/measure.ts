import { inProcessRunner } from "@assay/runners";
import type { AbortOptions } from "@assay/sdk";
import { runOnRunner } from "../../../shared/src/runners/runCollected.ts";
import { ALGORITHM_NAMES, type AlgorithmName, type ProgramName } from "../algorithms/algorithm.ts";
import { algorithmsFor } from "../algorithms/algorithms.ts";
import { compileDetector } from "../algorithms/compile.ts";
import { prepareFireJob } from "../job/job.ts";
import { SENSOR_KINDS, type SensorKind } from "../scene/scene.ts";
import type { Searched } from "./failures.ts";
import { mergeScores, type Score, scoreOf, trialScene } from "./trial.ts";

/** Scores by algorithm, then by seed, from seed 1. */
export type Scores = Readonly<Record<AlgorithmName, readonly Score[]>>;

export interface MeasureOptions extends AbortOptions {
  sensors?: readonly SensorKind[];
  onScene?: (done: number, of: number) => void;
  /** Called with what each algorithm found in each scene. */
  onFound?: (name: AlgorithmName, searched: Searched) => void;
}

/** Pixels; the result is the same for every size, and large tiles are quickest. */
const TILE = 200;

/**
 * Runs every algorithm's program on synthetic scenes of its sensor and counts the detections. The counts are the same on every machine:
 * scenes follow from their seeds, and programs are deterministic.
 * @param scenes - number of scenes a sensor.
 * @param sensors - whose scenes; of the others' algorithms there are no scores.
 * @param onScene - called after each scene with the number of scenes done and their total.
 */
export async function measureAccuracy(
  scenes: number,
  { signal, sensors = SENSOR_KINDS, onScene, onFound }: MeasureOptions = {},
): Promise<Scores> {
  const scores = Object.fromEntries(
    ALGORITHM_NAMES.map((name) => [name, [] as Score[]]),
  ) as unknown as Record<AlgorithmName, Score[]>;
  const programs = new Map<ProgramName, Uint8Array>();
  const runner = inProcessRunner();
  let done = 0;
  for (const sensor of sensors) {
    for (let seed = 1; seed <= scenes; seed++) {
      signal?.throwIfAborted();
      const scene = trialScene({ sensor }, seed);
      for (const algorithm of algorithmsFor(sensor)) {
        const { name, program } = algorithm;
        const compiled = programs.get(program) ?? (await compileDetector(program, { signal }));
        programs.set(program, compiled);
        const options = { algorithm, tile: TILE, program: compiled, signal };
        const job = await prepareFireJob(scene, options);
        const found = await runOnRunner(job, { runner, signal });
        scores[name].push(scoreOf(scene, found));
        onFound?.(name, { scene, found });
      }
      done++;
      onScene?.(done, scenes * sensors.length);
    }
  }
  return scores;
}

/** Every algorithm's score on all scenes together. */
export function totals(scores: Scores): Record<AlgorithmName, Score> {
  return Object.fromEntries(
    ALGORITHM_NAMES.map((name) => [name, mergeScores(scores[name])]),
  ) as unknown as Record<AlgorithmName, Score>;
}
