import type { AbortOptions } from "@assay/sdk";
import type { LocalProgram } from "../../../shared/src/programs/localProgram.ts";
import type { ClientReport } from "../aggregate/aggregation.ts";
import type { AggregationErrorCode } from "../aggregate/aggregationError.ts";
import { type Contributions, contributionsOf } from "../incentives/contributions.ts";
import { createLedger, type Ledger } from "../incentives/ledger.ts";
import { cosine, type Suspect, suspectsOf } from "../incentives/suspects.ts";
import { decodeEvaluation, encodeEvaluation } from "../learning/wire.ts";
import { createRandom, seedOf } from "../random/random.ts";
import type { Compute } from "./compute.ts";
import { chooseParticipants, choosePoisson } from "./participants.ts";
import { type Federation, PURPOSE } from "./prepare.ts";
import { runRound } from "./round.ts";

export interface RoundReport {
  round: number;
  participants: number[];
  /** On the test data, after the round. */
  accuracy: number;
  loss: number;
  clients: ClientReport[];
  suspects: Suspect[];
  contributions: Contributions;
  /** Why there was no aggregate; the model stayed as it was then. */
  error: AggregationErrorCode | undefined;
}

export interface Training {
  model: Float64Array;
  rounds: RoundReport[];
  /** Sums over the rounds, by client. */
  shapley: Map<number, number>;
  leaveOneOut: Map<number, number>;
  ledger: Ledger;
}

/**
 * Trains round by round. Clients are drawn by their reputation, or, where updates are noised, each by itself with equal chance, as the
 * accountant supposes.
 * @param compute - where training and aggregation run.
 * @param evaluate - runs in this process: the test and validation data are the coordinator's own.
 */
export async function runTraining(
  compute: Compute,
  evaluate: LocalProgram,
  federation: Federation,
  { onRound, signal }: { onRound?: (report: RoundReport) => void } & AbortOptions = {},
): Promise<Training> {
  const { options, shape, test } = federation;
  const { seed, clients, participants: count, rounds: roundCount, privacy } = options;
  const ledger = createLedger(clients);
  const rounds: RoundReport[] = [];
  const shapley = new Map<number, number>();
  const leaveOneOut = new Map<number, number>();
  let { model } = federation;
  let previous: Float64Array | undefined;
  for (let round = 1; round <= roundCount; round++) {
    const random = createRandom(seedOf(seed, PURPOSE.choice, round));
    const participants =
      privacy !== undefined && privacy.noise > 0
        ? choosePoisson(clients, count / clients, random)
        : chooseParticipants(ledger.reputations, count, random);
    const how = { round, model, participants, previous, signal };
    const outcome = await runRound(compute, federation, how);
    const contributions = contributionsOf(evaluate, federation, {
      model,
      updates: outcome.updates,
      seed: seedOf(seed, PURPOSE.choice, round, 1),
      signal,
    });
    const { aggregate } = outcome;
    const cosines = new Map(
      outcome.updates.map(({ client, values }) => [
        client,
        aggregate ? cosine(values, aggregate) : 0,
      ]),
    );
    const suspects = suspectsOf(outcome.clients, cosines);
    ledger.note({
      contributions: contributions.shapley,
      suspects: new Set(suspects.map(({ client }) => client)),
    });
    addTo(shapley, contributions.shapley);
    addTo(leaveOneOut, contributions.leaveOneOut);
    model = outcome.model;
    previous = aggregate ?? previous;
    const input = encodeEvaluation({ shape, models: [model], data: test });
    const [{ accuracy, loss } = { accuracy: 0, loss: 0 }] = decodeEvaluation(evaluate.run(input));
    const report = { round, participants, accuracy, loss, suspects, contributions };
    rounds.push({ ...report, clients: outcome.clients, error: outcome.error });
    onRound?.({ ...report, clients: outcome.clients, error: outcome.error });
  }
  return { model, rounds, shapley, leaveOneOut, ledger };
}

function addTo(sums: Map<number, number>, values: ReadonlyMap<number, number>): void {
  for (const [client, value] of values) sums.set(client, (sums.get(client) ?? 0) + value);
}
