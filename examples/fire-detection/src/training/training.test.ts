import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { longTest } from "../../../../test/fixtures/long.ts";
import { LEARNED_FILE } from "../algorithms/learnedWeights.ts";
import { createRandom } from "../synthetic/random.ts";
import { calibrate } from "./calibrate.ts";
import { levelOf } from "./features.ts";
import {
  type LearnedDetector,
  learnDetector,
  TRAINING_SEEDS,
  trialSamples,
  VALIDATION_SEEDS,
} from "./learnDetector.ts";
import { logistic, Network } from "./network.ts";
import { type Checkpoint, trainNetwork } from "./train.ts";

const committed = await readFile(LEARNED_FILE, "utf8");
const detector: LearnedDetector = JSON.parse(committed);

describe("the committed weights", () => {
  test("are what training begins with: the first scene leaves the same weights, to the bit", async () => {
    const checkpoints: Checkpoint[] = [];
    const enough = new AbortController();
    const training = trainNetwork(trialSamples({ ...TRAINING_SEEDS, count: 2 }), {
      signal: enough.signal,
      onCheckpoint(checkpoint) {
        checkpoints.push(checkpoint);
        enough.abort();
      },
    });
    await expect(training).rejects.toThrow("abort");
    expect(checkpoints).toEqual(detector.checkpoints.slice(0, 1));
  });

  longTest("are what training ends with, to the bit", async () => {
    expect(`${JSON.stringify(await learnDetector())}\n`).toBe(committed);
  });

  test("are 2,137 numbers, of 8 bits where they are many", () => {
    const counts = detector.layers.map(({ weights, biases }) => weights.length + biases.length);
    expect(counts).toEqual([75 * 24 + 24, 24 * 12 + 12, 12 + 1]);
    for (const { weights, biases } of detector.layers) {
      expect(weights.every((w) => Number.isInteger(w) && Math.abs(w) <= 127)).toBe(true);
      expect(biases.every((b) => b === (b | 0))).toBe(true);
    }
  });

  test("were made without the scenes that they are measured on, and what these are made of", () => {
    // A scene's textures have seeds up to 10,000 above its own.
    const ranges = [{ first: 1, count: 20 }, TRAINING_SEEDS, VALIDATION_SEEDS];
    for (const [i, { first, count }] of ranges.entries()) {
      const next = ranges[i + 1]?.first ?? Number.POSITIVE_INFINITY;
      expect(first + count + 10_000).toBeLessThan(next);
    }
  });
});

describe("the network", () => {
  test("learns what no sum of its inputs says", () => {
    const random = createRandom(5);
    const network = new Network([2, 8, 4, 1], random.next);
    const ask = (a: number, b: number) => {
      network.inputs.set([a, b]);
      return logistic(network.output());
    };
    for (let step = 0; step < 2_000; step++) {
      for (const [a, b] of [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ] as const) {
        network.learn(ask(a, b) - Number(a !== b));
      }
      network.step(0.01, 4);
    }
    expect(ask(0, 1)).toBeGreaterThan(0.95);
    expect(ask(1, 0)).toBeGreaterThan(0.95);
    expect(ask(0, 0)).toBeLessThan(0.05);
    expect(ask(1, 1)).toBeLessThan(0.05);
  });

  test("has the logistic function of the textbook", () => {
    for (let x = -36; x <= 36; x += 0.37) {
      expect(logistic(x) / (1 / (1 + Math.exp(-x)))).toBeCloseTo(1, 12);
    }
    expect([logistic(-1e9), logistic(1e9)].map((p) => Math.round(p))).toEqual([0, 1]);
  });

  test("sees levels that rise with the reflectance, 128 an octave", () => {
    expect([0, 2 ** -9, 2 ** -8, 0.25, 1, 4].map(levelOf)).toEqual([0, 0, 128, 896, 1_152, 1_408]);
    expect([-1, Number.NEGATIVE_INFINITY, Number.NaN].map(levelOf)).toEqual([0, 0, 0]);
    expect([8, 1e30, Number.POSITIVE_INFINITY].map(levelOf)).toEqual([1_535, 1_535, 1_535]);
  });
});

const seed = Number(process.env.TEST_SEED ?? Math.floor(Math.random() * 2 ** 30));

test(`calibration finds the probabilities that samples were drawn with (TEST_SEED=${seed})`, () => {
  const random = createRandom(seed);
  const judged = Array.from({ length: 40_000 }, () => {
    const output = Math.round(random.between(-900, 900));
    return { output, burns: random.next() < logistic(output / 200 - 1) };
  });
  const { percents } = calibrate(judged, 30_000);
  for (const percent of [10, 40, 50, 60, 90]) {
    const drawnWith = logistic((percents[percent - 1] ?? 0) / 200 - 1);
    expect(Math.abs(drawnWith - percent / 100), `${percent} %`).toBeLessThan(0.06);
  }
});

test("calibration gives nothing a percentage that no sample bears out", () => {
  const judged = [3, 3, 5, 5, 7].map((output, i) => ({ output, burns: i === 1 || i === 2 }));
  // 3: one of two burns, and of the three above it one does: one pool of 40 %.
  const { percents } = calibrate(judged, 2);
  expect(percents.slice(38, 42)).toEqual([3, 3, 0x7fff_ffff, 0x7fff_ffff]);
});

test("the threshold is the one with the best F1, fires included that nobody judged", () => {
  const judged = [9, 7, 5, 3, 1].map((output) => ({ output, burns: output !== 5 && output !== 1 }));
  // 9, 7: 4/5; down to 3: 6/7. With four more fires: 4/9 and 6/11.
  expect(calibrate(judged, 3).threshold).toBe(3);
  const doubtful = [9, 7, 5, 4, 3].map((output) => ({ output, burns: output > 5 || output === 3 }));
  expect(calibrate(doubtful, 3).threshold).toBe(7);
});
