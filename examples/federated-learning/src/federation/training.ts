import type { AbortOptions } from "@assay/sdk";
import type { LocalProgram } from "../../../shared/src/programs/localProgram.ts";
import type { ClientReport } from "../aggregate/aggregation.ts";
import type { AggregationErrorCode } from "../aggregate/aggregationError.ts";
import { type Contributions, contributionsOf } from "../incentives/contributions.ts";
import { createLedger } from "../incentives/ledger.ts";
import { cosine, type Suspect, suspectsOf } from "../incentives/suspects.ts";
import { decodeEvaluation, type Evaluation, encodeEvaluation } from "../learning/wire.ts";
import { createRandom, seedOf } from "../random/random.ts";
import { type Moments, strategyOf } from "../strategies/strategies.ts";
import { type ClientEvaluation, evaluateClients } from "./clientEvaluation.ts";
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
  /** On the coordinator's validation data, after the round. */
  validation: Evaluation;
  clients: ClientReport[];
  suspects: Suspect[];
  contributions: Contributions;
  /** Why there was no aggregate; the model stayed as it was then. */
  error: AggregationErrorCode | undefined;
}

/** All that a training is after a round: what comes next follows from it, the data and the options. */
export interface TrainingState {
  model: Float64Array;
  /** The last aggregate, where centered clipping begins. */
  previous: Float64Array | undefined;
  /** What the strategy remembers. */
  moments: Moments | undefined;
  reputations: readonly number[];
  rounds: readonly RoundReport[];
  /** The round with the least loss on the validation data, and the model after it. Round 0 is before the first. */
  best: { round: number; loss: number; model: Float64Array };
}

export interface Training {
  /** After the last round; with early stopping, after {@link bestRound}. */
  model: Float64Array;
  rounds: readonly RoundReport[];
  /** The round with the least loss on the validation data; 0 if that is before the first. */
  bestRound: number;
  /** Whether the training ended before the rounds asked for, for want of progress. */
  stoppedEarly: boolean;
  /** Sums over the rounds, by client. */
  shapley: Map<number, number>;
  leaveOneOut: Map<number, number>;
  reputations: readonly number[];
  /** The model on data of each client that it did not train with. */
  clientEvaluations: ClientEvaluation[];
}

export interface TrainOptions extends AbortOptions {
  onRound?: (report: RoundReport) => void;
  /** Where to go on: what `save` was given once. Default: the beginning. */
  from?: TrainingState | undefined;
  /** Called after every round, and awaited, before `onRound`. */
  save?: ((state: TrainingState) => Promise<void>) | undefined;
}

/**
 * Trains round by round. Clients are drawn by their reputation, or, where updates are noised, each by itself with equal chance, as the
 * accountant supposes. A training that goes on from a saved state ends with the same model, to the bit, as one that was never stopped.
 * @param compute - where training, aggregation and the clients' evaluation run.
 * @param evaluate - runs in this process: the test and validation data are the coordinator's own.
 */
export async function runTraining(
  compute: Compute,
  evaluate: LocalProgram,
  federation: Federation,
  { onRound, from, save, signal }: TrainOptions = {},
): Promise<Training> {
  const { rounds: roundCount, patience } = federation.options;
  let state = from ?? firstState(federation);
  const isStale = () =>
    patience !== undefined && state.rounds.length - state.best.round >= patience;
  while (state.rounds.length < roundCount && !isStale()) {
    state = await nextState(compute, evaluate, federation, state, signal);
    await save?.(state);
    const report = state.rounds.at(-1);
    if (report !== undefined) onRound?.(report);
  }
  const model = patience === undefined ? state.model : state.best.model;
  const contributions = state.rounds.map((report) => report.contributions);
  return {
    model,
    rounds: state.rounds,
    bestRound: state.best.round,
    stoppedEarly: state.rounds.length < roundCount,
    shapley: sumOf(contributions.map(({ shapley }) => shapley)),
    leaveOneOut: sumOf(contributions.map(({ leaveOneOut }) => leaveOneOut)),
    reputations: state.reputations,
    clientEvaluations: await evaluateClients(compute, federation, model, { signal }),
  };
}

function firstState({ model, options }: Federation): TrainingState {
  return {
    model,
    previous: undefined,
    moments: undefined,
    reputations: createLedger(options.clients).reputations,
    rounds: [],
    best: { round: 0, loss: Number.POSITIVE_INFINITY, model },
  };
}

/** One round on: the state given stays as it is. */
async function nextState(
  compute: Compute,
  evaluate: LocalProgram,
  federation: Federation,
  state: TrainingState,
  signal: AbortSignal | undefined,
): Promise<TrainingState> {
  const { options, shape, test, validation } = federation;
  const { seed, clients, participants: count, privacy } = options;
  const round = state.rounds.length + 1;
  const random = createRandom(seedOf(seed, PURPOSE.choice, round));
  const participants =
    privacy !== undefined && privacy.noise > 0
      ? choosePoisson(clients, count / clients, random)
      : chooseParticipants(state.reputations, count, random);
  const { model: before, previous } = state;
  const how = { round, model: before, participants, previous, signal };
  const { updates, aggregate, clients: reports, error } = await runRound(compute, federation, how);
  const contributions = contributionsOf(evaluate, federation, {
    model: before,
    updates,
    seed: seedOf(seed, PURPOSE.choice, round, 1),
    signal,
  });
  const cosines = new Map(
    updates.map(({ client, values }) => [client, aggregate ? cosine(values, aggregate) : 0]),
  );
  const suspects = suspectsOf(reports, cosines);
  const ledger = createLedger(clients, state.reputations);
  ledger.note({
    contributions: contributions.shapley,
    suspects: new Set(suspects.map(({ client }) => client)),
  });
  const { model, moments } =
    aggregate === undefined
      ? state
      : strategyOf(options.strategy).step(before, aggregate, state.moments);
  const measure = (data: typeof test): Evaluation => {
    const input = encodeEvaluation({ shape, models: [model], data });
    return decodeEvaluation(evaluate.run(input))[0] ?? { accuracy: 0, loss: 0 };
  };
  const { accuracy, loss } = measure(test);
  const validated = measure(validation);
  const report: RoundReport = {
    ...{ round, participants, accuracy, loss, validation: validated },
    ...{ clients: reports, suspects, contributions, error },
  };
  return {
    model,
    moments,
    previous: aggregate ?? previous,
    reputations: ledger.reputations,
    rounds: [...state.rounds, report],
    best: validated.loss < state.best.loss ? { round, loss: validated.loss, model } : state.best,
  };
}

function sumOf(maps: readonly ReadonlyMap<number, number>[]): Map<number, number> {
  const sums = new Map<number, number>();
  for (const [client, value] of maps.flatMap((map) => [...map])) {
    sums.set(client, (sums.get(client) ?? 0) + value);
  }
  return sums;
}
