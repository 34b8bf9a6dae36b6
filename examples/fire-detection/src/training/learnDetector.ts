import { trialScene } from "../accuracy/trial.ts";
import type { IntegerLayer, LearnedWeights } from "../algorithms/learnedWeights.ts";
import { calibrate, type Judged } from "./calibrate.ts";
import { gatherInputs, INPUTS, WINDOW } from "./features.ts";
import { integerOutput, toIntegers } from "./integerNetwork.ts";
import { type Samples, samplesOf } from "./samples.ts";
import { type Checkpoint, type TrainOptions, trainNetwork } from "./train.ts";

/**
 * Seeds of the scenes, apart from each other and from those of the accuracy table, 1 to 20. So far apart that they share no texture either: a scene's
 * textures have seeds up to 10,000 above its own.
 */
export const TRAINING_SEEDS = { first: 100_001, count: 60 } as const;
export const VALIDATION_SEEDS = { first: 200_001, count: 20 } as const;

/** What `assembly/learned.json` holds. */
export interface LearnedDetector extends LearnedWeights {
  /** Of the training: after the first scene, then after every pass. */
  checkpoints: readonly Checkpoint[];
}

/** The samples of scenes with these seeds, made one at a time. */
export function* trialSamples({ first, count }: { first: number; count: number }) {
  for (let seed = first; seed < first + count; seed++) {
    yield samplesOf(trialScene({ sensor: "sentinel-2" }, seed));
  }
}

/** Trains the network on synthetic scenes, rounds it to integers, and sets threshold and percentages on other scenes. */
export async function learnDetector({
  signal,
  onCheckpoint,
}: TrainOptions = {}): Promise<LearnedDetector> {
  const checkpoints: Checkpoint[] = [];
  const network = await trainNetwork(trialSamples(TRAINING_SEEDS), {
    signal,
    onCheckpoint(checkpoint) {
      checkpoints.push(checkpoint);
      onCheckpoint?.(checkpoint);
    },
  });
  const layers = toIntegers(network);
  const judged: Judged[] = [];
  let fires = 0;
  for (const samples of trialSamples(VALIDATION_SEEDS)) {
    signal?.throwIfAborted();
    fires += samples.fires;
    judge(layers, samples, judged);
  }
  return { checkpoints, layers, ...calibrate(judged, fires) };
}

function judge(layers: readonly IntegerLayer[], samples: Samples, into: Judged[]): void {
  const inputs = new Int32Array(INPUTS);
  for (const [n, i] of samples.candidates.entries()) {
    gatherInputs(samples.features, i, WINDOW, inputs);
    into.push({ output: integerOutput(layers, inputs), burns: samples.burns[n] === 1 });
  }
}
