import type { AbortOptions } from "@assay/sdk";
import type { LocalProgram } from "../../../shared/src/programs/localProgram.ts";
import type { ClientUpdate } from "../aggregate/aggregation.ts";
import type { DataSet } from "../data/dataSet.ts";
import type { ModelShape } from "../learning/model.ts";
import { decodeEvaluation, encodeEvaluation } from "../learning/wire.ts";
import { createRandom } from "../random/random.ts";
import { linearUtility } from "./linearUtility.ts";
import { gtgShapley, leaveOneOut, remembered, type Utility } from "./shapley.ts";

export interface Contributions {
  /** Shapley values by client, in accuracy on the coordinator's validation data. */
  shapley: Map<number, number>;
  /** Leave-one-out values by client, in the same unit. */
  leaveOneOut: Map<number, number>;
  /** Permutations that the Shapley values are means over. */
  permutations: number;
}

/**
 * Measures how much each client's update contributed to a round. The value of a set of clients is the validation accuracy of the model
 * that the plain mean of their updates makes; no client trains again. An update that is not finite contributes 0.
 */
export function contributionsOf(
  evaluate: LocalProgram,
  { shape, validation }: { shape: ModelShape; validation: DataSet },
  {
    model,
    updates,
    seed,
    signal,
  }: { model: Float64Array; updates: readonly ClientUpdate[]; seed: number } & AbortOptions,
): Contributions {
  const players = updates.filter(({ values }) => values.every(Number.isFinite));
  const updatesOf = players.map(({ values }) => values);
  const utility =
    shape.hidden === 0
      ? linearUtility({ shape, data: validation }, model, updatesOf)
      : evaluatedUtility(evaluate, { shape, data: validation }, model, updatesOf);
  const v = remembered((members) => {
    signal?.throwIfAborted();
    return utility(members);
  });
  const { values, permutations } = gtgShapley(players.length, v, { random: createRandom(seed) });
  const single = leaveOneOut(players.length, v);
  const byClient = (of: readonly number[]) =>
    new Map(
      updates.map(({ client }) => [
        client,
        of[players.findIndex((player) => player.client === client)] ?? 0,
      ]),
    );
  return { shapley: byClient(values), leaveOneOut: byClient(single), permutations };
}

/** The accuracy, on a data set, of any model plus the mean of some updates: by the program. */
export function evaluatedUtility(
  evaluate: LocalProgram,
  { shape, data }: { shape: ModelShape; data: DataSet },
  model: Float64Array,
  updates: readonly ArrayLike<number>[],
): Utility {
  return (members) => {
    const next = model.slice();
    for (const member of members) {
      const values = updates[member] ?? [];
      for (let i = 0; i < next.length; i++) {
        next[i] = (next[i] ?? 0) + (values[i] ?? 0) / members.length;
      }
    }
    const input = encodeEvaluation({ shape, models: [next], data });
    return decodeEvaluation(evaluate.run(input))[0]?.accuracy ?? 0;
  };
}
