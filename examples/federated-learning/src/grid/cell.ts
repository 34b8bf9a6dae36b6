import type { AbortOptions } from "@assay/sdk";
import type { Sources } from "../data/dataSet.ts";
import type { Compute } from "../federation/compute.ts";
import type { FederationOptions } from "../federation/options.ts";
import { chooseParticipants } from "../federation/participants.ts";
import { type HoldOut, PURPOSE, prepareFederation } from "../federation/prepare.ts";
import { runRound } from "../federation/round.ts";
import { decodeEvaluation, encodeEvaluation } from "../learning/wire.ts";
import { createRandom, seedOf } from "../random/random.ts";
import { type Moments, strategyOf } from "../strategies/strategies.ts";

export interface CellResult {
  /** Accuracy on the test data after the last round. */
  accuracy: number;
  /** After every `every` rounds. */
  curve: { round: number; accuracy: number }[];
  /** Rounds without an aggregate. */
  failedRounds: number;
}

/**
 * Trains as a server does that knows nothing of its clients: in every round all of them take part, or as many as the options say, drawn with
 * equal chance. Measures the accuracy of the model.
 */
export async function runCell(
  compute: Compute,
  sources: Sources,
  options: FederationOptions,
  { every, holdOut, signal }: { every: number; holdOut: HoldOut } & AbortOptions,
): Promise<CellResult> {
  const federation = prepareFederation(sources, options, holdOut);
  const strategy = strategyOf(options.strategy);
  const weights = federation.shards.map(() => 1);
  const curve: CellResult["curve"] = [];
  let { model } = federation;
  let previous: Float64Array | undefined;
  let moments: Moments | undefined;
  let failedRounds = 0;
  for (let round = 1; round <= options.rounds; round++) {
    const random = createRandom(seedOf(options.seed, PURPOSE.choice, round));
    const participants = chooseParticipants(weights, options.participants, random);
    const outcome = await runRound(compute, federation, {
      round,
      model,
      participants,
      previous,
      signal,
    });
    if (outcome.aggregate !== undefined) {
      ({ model, moments } = strategy.step(model, outcome.aggregate, moments));
    }
    previous = outcome.aggregate ?? previous;
    failedRounds += outcome.error === undefined ? 0 : 1;
    if (round % every !== 0 && round !== options.rounds) continue;
    const input = encodeEvaluation({
      shape: federation.shape,
      models: [model],
      data: federation.test,
    });
    const [evaluation = new Uint8Array()] = await compute.run("evaluate", [input], { signal });
    curve.push({ round, accuracy: decodeEvaluation(evaluation)[0]?.accuracy ?? 0 });
  }
  return { accuracy: curve.at(-1)?.accuracy ?? 0, curve, failedRounds };
}
