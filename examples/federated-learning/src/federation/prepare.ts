import { flipLabels } from "../attacks/attacks.ts";
import { type DataSet, pick, type Sources } from "../data/dataSet.ts";
import { partition, split } from "../data/partition.ts";
import { initialModel, type ModelShape } from "../learning/model.ts";
import { createRandom, seedOf } from "../random/random.ts";
import type { FederationOptions } from "./options.ts";

/** Purposes of random numbers. Each has its own stream, so that none depends on how many numbers another took. */
export const PURPOSE = {
  split: 1,
  partition: 2,
  model: 3,
  training: 4,
  attack: 5,
  choice: 6,
  noise: 7,
  clientTest: 8,
};

/** The coordinator's share of the training data, on which contributions and hyperparameters are measured. */
const VALIDATION_SHARE = 0.2;
/** Share of its data that a client keeps to measure models on. */
const CLIENT_TEST_SHARE = 0.2;

export interface Federation {
  options: FederationOptions;
  shape: ModelShape;
  /** Training data by client; those of label-flipping clients have flipped labels. */
  shards: DataSet[];
  /** What each client measures models on, with the labels that are right; nothing in a grid. */
  clientTests: DataSet[];
  validation: DataSet;
  test: DataSet;
  model: Float64Array;
}

/**
 * What becomes of a fifth of the training data: `validation` keeps it for contributions; `test` puts it in the test data's place, to choose
 * hyperparameters without them; `nothing` trains on all.
 */
export type HoldOut = "validation" | "test" | "nothing";

/** Shares the data out and makes the first model. */
export function prepareFederation(
  { train, test }: Sources,
  options: FederationOptions,
  holdOut: HoldOut,
): Federation {
  const { seed, clients, byzantine, attack, alpha, hidden } = options;
  const [validation, rest] =
    holdOut === "nothing"
      ? [test, train]
      : split(train, VALIDATION_SHARE, createRandom(seedOf(seed, PURPOSE.split)));
  const random = createRandom(seedOf(seed, PURPOSE.partition));
  const shape = { features: train.features, classes: train.classes, hidden };
  const isFlipped = (client: number) => attack === "label-flip" && client >= clients - byzantine;
  const parts = partition(rest, { clients, alpha, random }).map((shard, client) =>
    holdOut === "validation"
      ? split(shard, CLIENT_TEST_SHARE, createRandom(seedOf(seed, PURPOSE.clientTest, client)))
      : ([pick(shard, []), shard] as const),
  );
  return {
    options,
    shape,
    shards: parts.map(([, shard], client) => (isFlipped(client) ? flipLabels(shard) : shard)),
    clientTests: parts.map(([tested]) => tested),
    validation,
    test: holdOut === "test" ? validation : test,
    model: initialModel(shape, createRandom(seedOf(seed, PURPOSE.model))),
  };
}
