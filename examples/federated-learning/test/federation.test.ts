import { beforeAll, describe, expect, test } from "vitest";
import { variants } from "../../../test/fixtures/long.ts";
import { createLocalProgram, type LocalProgram } from "../../shared/src/programs/localProgram.ts";
import { openLocalRunner, RUNNER_NAMES } from "../../shared/src/runners/localRunner.ts";
import { ATTACKS, type AttackName } from "../src/attacks/attacks.ts";
import type { Sources } from "../src/data/dataSet.ts";
import { syntheticData } from "../src/data/synthetic.ts";
import {
  type Compute,
  createLocalCompute,
  createRunnerCompute,
} from "../src/federation/compute.ts";
import type { FederationOptions } from "../src/federation/options.ts";
import { prepareFederation } from "../src/federation/prepare.ts";
import { runRound } from "../src/federation/round.ts";
import { runTraining } from "../src/federation/training.ts";
import { runCell } from "../src/grid/cell.ts";
import { runGrid } from "../src/grid/grid.ts";
import { startThreads } from "../src/grid/threads.ts";
import { sha256 } from "../src/learning/model.ts";
import { decodeEvaluation, encodeEvaluation } from "../src/learning/wire.ts";
import { runOnMarket } from "../src/market/run.ts";
import { compileAll, type ProgramName } from "../src/programs/programs.ts";

let programs: ReadonlyMap<ProgramName, Uint8Array>;
let local: Compute;
let evaluate: LocalProgram;
const sources: Sources = {
  train: syntheticData({ seed: 1, examples: 600, features: 16, classes: 4 }),
  test: syntheticData({ seed: 1, examples: 300, features: 16, classes: 4, purpose: 1 }),
};

beforeAll(async () => {
  programs = await compileAll();
  const loaded = new Map([...programs].map(([name, wasm]) => [name, createLocalProgram(wasm)]));
  local = createLocalCompute(loaded);
  evaluate = loaded.get("evaluate") as LocalProgram;
});

function options(changes: Partial<FederationOptions> = {}): FederationOptions {
  return {
    seed: 3,
    clients: 12,
    byzantine: 2,
    attack: "sign-flip",
    rounds: 3,
    participants: 9,
    alpha: 0.5,
    hidden: 0,
    training: { steps: 4, batch: 16, rate: 0.3, decay: 1e-4 },
    rule: { rule: "trimmed-mean", before: ["nnm"], f: 2 },
    ...changes,
  };
}

describe("training", () => {
  test("learns, as softmax regression and with a hidden layer", async () => {
    for (const hidden of [0, 12]) {
      const cell = await runCell(
        local,
        sources,
        options({ hidden, attack: "none", rounds: 30, rule: { rule: "mean" } }),
        { every: 10, holdOut: "nothing" },
      );
      expect(cell.accuracy).toBeGreaterThan(0.6);
      expect(cell.curve.map(({ round }) => round)).toEqual([10, 20, 30]);
    }
  });

  test("gradients are those of the loss, by finite differences", async () => {
    for (const hidden of [0, 5]) {
      const federation = prepareFederation(
        sources,
        options({
          hidden,
          clients: 1,
          participants: 1,
          byzantine: 0,
          attack: "none",
          training: { steps: 1, batch: 1_000, rate: 1, decay: 0 },
          rule: { rule: "mean" },
        }),
        "nothing",
      );
      // Away from 0, where nothing is symmetric.
      const model = federation.model.map((value, i) => value + 0.1 * Math.sin(i));
      const { updates } = await runRound(local, federation, {
        round: 1,
        model,
        participants: [0],
        previous: undefined,
      });
      const [data] = federation.shards;
      if (data === undefined) throw new Error("no shard");
      const lossOf = (models: Float64Array[]) =>
        decodeEvaluation(
          evaluate.run(encodeEvaluation({ shape: federation.shape, models, data })),
        ).map(({ loss }) => loss);
      for (let i = 0; i < model.length; i += 7) {
        const moved = [1e-5, -1e-5].map((step) =>
          model.map((value, k) => (k === i ? value + step : value)),
        );
        const [up = 0, down = 0] = lossOf(moved);
        expect(updates[0]?.values[i]).toBeCloseTo(-(up - down) / 2e-5, 5);
      }
    }
  });

  test("gives the same bytes in every runner of this machine", async () => {
    const federation = prepareFederation(sources, options(), "validation");
    const expected = sha256((await runTraining(local, evaluate, federation)).model);
    for (const name of RUNNER_NAMES.filter((one) => one !== "market")) {
      const runner = openLocalRunner(name);
      const compute = createRunnerCompute(runner, programs);
      const { model } = await runTraining(compute, evaluate, federation);
      await runner.close();
      expect(sha256(model), name).toBe(expected);
    }
  });

  test("gives the same bytes on 1, 2 and 4 threads as in this process", async () => {
    const federation = prepareFederation(sources, options({ attack: "gaussian" }), "validation");
    const expected = sha256((await runTraining(local, evaluate, federation)).model);
    for (const count of variants([2, 1, 4])) {
      await using threads = startThreads({ count, programs });
      const { model } = await runTraining(threads, evaluate, federation);
      expect(sha256(model), `${count} threads`).toBe(expected);
    }
  });

  test("the grid is the same on 1 and on 4 threads", async () => {
    const { seed: _, attack: __, rule: ___, ...base } = options({ participants: 12 });
    const grids = await Promise.all(
      [1, 4].map(async (count) => {
        await using threads = startThreads({ count, programs, sources });
        return await runGrid(threads, {
          base,
          f: 2,
          seeds: [1, 2],
          holdOut: "nothing",
          every: 1,
          aggregators: ["mean", "nnm+krum"],
        });
      }),
    );
    expect(grids[0]).toHaveLength(2 * ATTACKS.length);
    expect(grids[1]).toEqual(grids[0]);
  });
});

describe("what goes wrong in a round", () => {
  const round = async (changes: Partial<FederationOptions>, participants: number[]) => {
    const federation = prepareFederation(sources, options(changes), "validation");
    const { model } = federation;
    const how = { round: 1, model, participants, previous: undefined };
    return { outcome: await runRound(local, federation, how) };
  };

  test("a client is missing: the others are aggregated while they are enough", async () => {
    const rule = { rule: "krum", f: 2 } as const;
    const enough = await round({ rule }, [0, 1, 2, 3, 4, 5, 11]);
    expect(enough.outcome).toMatchObject({ error: undefined, clients: { length: 7 } });
    const few = await round({ rule }, [0, 1, 2, 3, 4, 11]);
    expect(few.outcome.error).toBe("AGGREGATION_TOO_FEW_CLIENTS");
    expect(few.outcome.aggregate).toBeUndefined();
  });

  test("all clients are Byzantine: nobody knows an honest update, and the model stays", async () => {
    const attack: AttackName = "alie";
    const { outcome } = await round({ byzantine: 12, attack }, [0, 1, 2, 3, 4, 5, 6]);
    expect(outcome.error).toBe("AGGREGATION_NOTHING_LEFT");
    expect(outcome.aggregate).toBeUndefined();
    expect(outcome.clients.map(({ verdict }) => verdict)).toEqual(Array(7).fill("not-finite"));
  });

  test("the model stays as it was in a round without an aggregate", async () => {
    const federation = prepareFederation(
      sources,
      options({ byzantine: 12, attack: "alie" }),
      "validation",
    );
    const { model, rounds } = await runTraining(local, evaluate, federation);
    expect(rounds.map(({ error }) => error)).toEqual(Array(3).fill("AGGREGATION_NOTHING_LEFT"));
    expect(model).toEqual(federation.model);
  });

  test("clients diverge to NaN: they are named, and excluded", async () => {
    const training = { steps: 50, batch: 16, rate: 1e30, decay: 1 };
    const { outcome } = await round({ training, attack: "none" }, [0, 1, 2, 3, 4, 5, 6]);
    expect(outcome.error).toBe("AGGREGATION_NOTHING_LEFT");
  });
});

test("the marketplace trains the same model to the bit, and pays everybody to the wei", async () => {
  const federation = prepareFederation(
    sources,
    options({ rounds: 2, participants: 6, rule: { rule: "median", f: 2 } }),
    "validation",
  );
  const expected = await runTraining(local, evaluate, federation);
  const budgetWei = 10n ** 16n + 7n;
  const report = await runOnMarket(federation, {
    programs,
    workers: 2,
    port: 0,
    rewardWei: 2n * 10n ** 15n,
    budgetWei,
    signal: new AbortController().signal,
  });
  expect(report.modelSha256).toBe(sha256(expected.model));
  expect(report.training.rounds).toEqual(expected.rounds);
  const sum = (parties: readonly { earnedWei: bigint }[]) =>
    parties.reduce((total, { earnedWei }) => total + earnedWei, 0n);
  expect(sum(report.clients)).toBe(budgetWei);
  // In each round six trainings and an aggregation; at the end an evaluation by each of twelve clients.
  expect(sum(report.workers)).toBe((2n * 7n + 12n) * 2n * 10n ** 15n);
  expect(report.training.clientEvaluations).toEqual(expected.clientEvaluations);
  for (const { client } of report.clients) {
    expect(expected.shapley.get(client)).toBeGreaterThan(0);
  }
});
