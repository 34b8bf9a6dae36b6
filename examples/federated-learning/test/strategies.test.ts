import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../../test/fixtures/random.ts";
import { decodeTraining, encodeTraining } from "../src/learning/wire.ts";
import {
  fedAdam,
  fedAvg,
  fedProx,
  fedYogi,
  type Moments,
  type Strategy,
} from "../src/strategies/strategies.ts";
import { localProgram } from "./programs.ts";

interface RoundsCase {
  model: number[];
  aggregates: number[][];
  rate: number;
  beta1: number;
  beta2: number;
  tau: number;
}
interface ProximalCase {
  model: number[];
  values: number[][];
  labels: number[];
  classes: number;
  steps: number;
  rate: number;
  mu: number;
}
type Answer =
  | (RoundsCase & Record<"fedavg" | "fedadam" | "fedyogi", number[][]>)
  | (ProximalCase & { update: number[] });

const fileOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));

function modelsOf(strategy: Strategy, { model, aggregates }: RoundsCase): number[][] {
  let now = Float64Array.from(model);
  let moments: Moments | undefined;
  return aggregates.map((aggregate) => {
    const step = strategy.step(now, Float64Array.from(aggregate), moments);
    now = Float64Array.from(step.model);
    moments = step.moments;
    return [...now];
  });
}

async function hold(answers: readonly Answer[], what: string): Promise<void> {
  const train = await localProgram("train");
  const near = (ours: readonly number[], theirs: readonly number[], digits: number) => {
    expect(ours).toHaveLength(theirs.length);
    for (const [i, value] of ours.entries()) {
      expect(value, what).toBeCloseTo(theirs[i] ?? Number.NaN, digits);
    }
  };
  for (const answer of answers) {
    if ("mu" in answer) {
      const { classes, steps, rate, mu } = answer;
      const features = answer.values[0]?.length ?? 0;
      const input = encodeTraining({
        shape: { features, hidden: 0, classes },
        model: Float64Array.from(answer.model),
        shard: {
          ...{ features, classes, labels: Uint8Array.from(answer.labels) },
          values: Float32Array.from(answer.values.flat()),
        },
        seed: 1,
        options: {
          ...{ steps, batch: answer.labels.length, rate, decay: 0 },
          proximal: fedProx({ mu }).proximal,
        },
      });
      const shape = { features, hidden: 0, classes };
      // The update is sent in 32 bits.
      near([...decodeTraining(train.run(input), shape).update], answer.update, 6);
      continue;
    }
    const options = { ...answer, variant: "flower" } as const;
    near(modelsOf(fedAvg(), answer).flat(), answer.fedavg.flat(), 12);
    near(modelsOf(fedAdam(options), answer).flat(), answer.fedadam.flat(), 9);
    near(modelsOf(fedYogi(options), answer).flat(), answer.fedyogi.flat(), 9);
  }
}

describe("strategies", () => {
  test("do what Flower 1.42.0 does, and FedProx what NumPy does, on recorded cases", async () => {
    const answers: Answer[] = JSON.parse(readFileSync(fileOf("flower.json"), "utf8"));
    expect(answers.length).toBeGreaterThan(8);
    await hold(answers, "recorded");
  });

  test("do what the Flower on this machine does, on random cases", async (context) => {
    const random = seededRandom();
    const number = (scale: number) => (random.below(2 ** 20) / 2 ** 19 - 1) * scale;
    const numbers = (count: number, scale: number) =>
      Array.from({ length: count }, () => Math.fround(number(scale)));
    const rounds = Array.from({ length: 20 }, (): RoundsCase => {
      const d = 1 + random.below(6);
      return {
        ...{ model: numbers(d, 2), rate: 0.01 + random.below(100) / 100 },
        aggregates: Array.from({ length: 1 + random.below(12) }, () => numbers(d, 1)),
        ...{
          beta1: random.below(99) / 100,
          beta2: random.below(999) / 1_000,
          tau: 10 ** -random.below(6),
        },
      };
    });
    const proximal = Array.from({ length: 20 }, (): ProximalCase => {
      const [features, classes, examples] = [
        1 + random.below(4),
        2 + random.below(3),
        3 + random.below(8),
      ];
      return {
        model: numbers((features + 1) * classes, 1),
        values: Array.from({ length: examples }, () => numbers(features, 1)),
        labels: Array.from({ length: examples }, () => random.below(classes)),
        ...{ classes, steps: 1 + random.below(6), rate: 0.5, mu: random.below(20) / 10 },
      };
    });
    const { status, stdout, error } = spawnSync("python3", [fileOf("flower.py")], {
      input: JSON.stringify([...rounds, ...proximal]),
      encoding: "utf8",
      maxBuffer: 2 ** 26,
    });
    if (status === 3 || error !== undefined) {
      context.skip("python3 with Flower is not on this machine: pip install flwr==1.42.0");
    }
    expect(status).toBe(0);
    await hold(JSON.parse(stdout), `SEED=${random.seed}`);
  });

  test("the paper's Adam and Yogi, by hand", () => {
    const options = { rate: 0.5, beta1: 0.5, beta2: 0.75, tau: 0.5 };
    const of = (strategy: Strategy) =>
      modelsOf(strategy, { ...options, model: [1], aggregates: [[2], [0]] });
    // m = 1, then 0.5. Adam's v = 0.75 · 0.25 + 0.25 · 4 = 1.1875, then 0.890625. Yogi's v = 0.25 + 0.25 · 4 = 1.25, then the same.
    const adam = 1 + 0.5 / (Math.sqrt(1.1875) + 0.5);
    const yogi = 1 + 0.5 / (Math.sqrt(1.25) + 0.5);
    expect(of(fedAdam(options))[0]?.[0]).toBeCloseTo(adam, 14);
    expect(of(fedAdam(options))[1]?.[0]).toBeCloseTo(adam + 0.25 / (Math.sqrt(0.890625) + 0.5), 14);
    expect(of(fedYogi(options))[0]?.[0]).toBeCloseTo(yogi, 14);
    expect(of(fedYogi(options))[1]?.[0]).toBeCloseTo(yogi + 0.25 / (Math.sqrt(1.25) + 0.5), 14);
  });

  test("no aggregate that clients can bring about makes a model that is not finite", () => {
    const largest = 3.4028234663852886e38;
    for (const strategy of [fedAvg(), fedAdam(), fedYogi()]) {
      const aggregates = [[largest], [-largest], [0], [1e-45], [largest]];
      const models = modelsOf(strategy, {
        ...{ model: [0], rate: 1, beta1: 0, beta2: 0, tau: 0 },
        aggregates,
      });
      expect(models.flat().every(Number.isFinite), strategy.name).toBe(true);
    }
  });
});
