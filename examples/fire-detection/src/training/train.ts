import { createHash } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { AbortOptions } from "@assay/sdk";
import { uniformStream } from "../../../shared/src/random/uniform.ts";
import { gatherInputs, INPUTS, OCTAVE, TURNED_WINDOWS, WINDOW } from "./features.ts";
import { logistic, Network } from "./network.ts";
import type { Samples } from "./samples.ts";

/** Units of the network's two hidden layers. */
const HIDDEN = [24, 12] as const;
/** Seed of the first weights and of the order of samples. */
const SEED = 17;
const PASSES = 8;
/** The passes that look at all samples; the others look at those alone that were not clear the last time. */
const FULL_PASSES: readonly number[] = [0, 4];
/** A sample whose probability is nearer to the truth than this is clear: most are, and teach nothing more. */
const CLEAR = 0.002;
const RATE = 0.003;
/** Steps over which the rate rises to {@link RATE}. */
const WARM_UP = 500;
const BATCH = 64;

/** How far the training is. The same samples give the same ones on every machine. */
export interface Checkpoint {
  /** SHA-256 of all weights and biases, hexadecimal. */
  weights: string;
  /** Samples that the pass looked at until here. */
  samples: number;
  /** Mean of |p − truth| over these. */
  error: number;
}

export interface TrainOptions extends AbortOptions {
  /** Called after the first scene, and after every pass. */
  onCheckpoint?: (checkpoint: Checkpoint) => void;
}

/**
 * Trains the network in eight passes over the candidates of all scenes, each turned or mirrored at random. The first pass takes one scene after the other, so
 * that the first checkpoint needs the first scene alone.
 * @param scenes - read once, in order.
 */
export async function trainNetwork(
  scenes: Iterable<Samples>,
  { signal, onCheckpoint }: TrainOptions = {},
): Promise<Network> {
  const { next } = uniformStream(SEED);
  const network = new Network([INPUTS, ...HIDDEN, 1], next);
  const kept: Samples[] = [];
  let steps = 0;

  /** Learns from these samples in random order, and returns the sum of their errors. */
  const learn = (places: readonly Place[], rate: number) => {
    let sum = 0;
    shuffle(places as Place[], next);
    for (const [n, place] of places.entries()) {
      const { features, candidates, burns } = kept[place.scene] as Samples;
      const window = TURNED_WINDOWS[Math.floor(next() * TURNED_WINDOWS.length)] ?? WINDOW;
      gatherInputs(features, candidates[place.candidate] as number, window, network.inputs);
      toOctaves(network.inputs);
      const error = logistic(network.output()) - (burns[place.candidate] as number);
      place.isClear = Math.abs(error) < CLEAR;
      sum += Math.abs(error);
      network.learn(error);
      if (n % BATCH !== BATCH - 1 && n !== places.length - 1) continue;
      steps++;
      network.step(rate * Math.min(1, steps / WARM_UP), (n % BATCH) + 1);
    }
    return sum;
  };
  const report = (samples: number, errors: number) =>
    onCheckpoint?.({ weights: digestOf(network), samples, error: errors / samples });

  const all: Place[] = [];
  let errors = 0;
  for (const samples of scenes) {
    await nextTurn();
    signal?.throwIfAborted();
    const scene = kept.push(samples) - 1;
    const own = Array.from(samples.candidates, (_, candidate) => ({
      ...{ scene, candidate, isClear: false },
    }));
    errors += learn(own, RATE);
    for (const place of own) all.push(place);
    if (scene === 0) report(all.length, errors);
  }
  report(all.length, errors);
  for (let pass = 1; pass < PASSES; pass++) {
    await nextTurn();
    signal?.throwIfAborted();
    const due = all.filter(({ isClear }) => !isClear || FULL_PASSES.includes(pass));
    report(due.length, learn(due, RATE * (1 - pass / PASSES)));
  }
  return network;
}

/** A sample: a candidate of a scene. */
interface Place {
  scene: number;
  candidate: number;
  isClear: boolean;
}

/** Inputs are octaves of reflectance, so that they are of the size of 1. */
function toOctaves(inputs: Float64Array): void {
  for (let i = 0; i < inputs.length; i++) inputs[i] = (inputs[i] as number) / OCTAVE;
}

/** Fisher and Yates, in place. */
function shuffle(places: Place[], next: () => number): void {
  for (let i = places.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    const moved = places[i] as Place;
    places[i] = places[j] as Place;
    places[j] = moved;
  }
}

function digestOf({ layers }: Network): string {
  const hash = createHash("sha256");
  for (const { weights, biases } of layers) {
    for (const part of [weights, biases]) {
      const bytes = new DataView(new ArrayBuffer(8 * part.length));
      part.forEach((value, i) => {
        bytes.setFloat64(8 * i, value, true);
      });
      hash.update(bytes);
    }
  }
  return hash.digest("hex");
}
