import type { AbortOptions } from "@assay/sdk";
import type { ClientReport, ClientUpdate } from "../aggregate/aggregation.ts";
import { AggregationError, type AggregationErrorCode } from "../aggregate/aggregationError.ts";
import { decodeAggregation, encodeAggregation } from "../aggregate/wire.ts";
import { byzantineUpdate, isLabelsOnly, trains } from "../attacks/attacks.ts";
import { decodeTraining, encodeTraining } from "../learning/wire.ts";
import { clipAndNoise } from "../privacy/clipAndNoise.ts";
import { createRandom, seedOf } from "../random/random.ts";
import { strategyOf } from "../strategies/strategies.ts";
import type { Compute } from "./compute.ts";
import { type Federation, PURPOSE } from "./prepare.ts";

export interface RoundOutcome {
  round: number;
  /** The updates that were sent, Byzantine ones included. */
  updates: ClientUpdate[];
  /** Undefined when there was nothing to aggregate: the model stays as it is. */
  aggregate: Float64Array | undefined;
  /** The aggregation's verdict on each client. */
  clients: ClientReport[];
  /** Why there is no aggregate. */
  error: AggregationErrorCode | undefined;
}

/**
 * Runs one round: the participants train, Byzantine ones send other updates, and the updates are aggregated.
 *
 * If the rule cannot be applied (too few clients, too many updates that are not finite), the model stays as it is, and `error` says
 * why.
 */
export async function runRound(
  compute: Compute,
  federation: Federation,
  {
    round,
    model,
    participants,
    previous,
    signal,
  }: {
    round: number;
    model: Float64Array;
    participants: readonly number[];
    /** The last aggregate, where centered clipping begins. */
    previous: Float64Array | undefined;
  } & AbortOptions,
): Promise<RoundOutcome> {
  const updates = await collectUpdates(compute, federation, { round, model, participants, signal });
  const { rule } = federation.options;
  const reference = rule.rule === "centered-clipping" ? previous : undefined;
  try {
    const input = encodeAggregation(updates, { ...rule, reference });
    const [result = new Uint8Array()] = await compute.run("aggregate", [input], { signal });
    const { rows, clients } = decodeAggregation(result);
    const [aggregate] = rows;
    if (aggregate === undefined) throw new RangeError("a rule has one aggregate");
    return { round, updates, aggregate, clients, error: undefined };
  } catch (error) {
    if (!(error instanceof AggregationError)) throw error;
    const { clients, code } = error;
    return { round, updates, aggregate: undefined, clients, error: code };
  }
}

async function collectUpdates(
  compute: Compute,
  { options, shape, shards }: Federation,
  {
    round,
    model,
    participants,
    signal,
  }: { round: number; model: Float64Array; participants: readonly number[] } & AbortOptions,
): Promise<ClientUpdate[]> {
  const { seed, clients, byzantine, attack, alieZ, training, privacy } = options;
  const isByzantine = (client: number) => attack !== "none" && client >= clients - byzantine;
  const { proximal } = strategyOf(options.strategy);
  const atWork = participants.filter((client) => !isByzantine(client) || trains(attack));
  const inputs = atWork.map((client) => {
    const shard = shards[client];
    if (shard === undefined) throw new RangeError(`there is no client ${client}`);
    const trainingSeed = seedOf(seed, PURPOSE.training, round, client);
    const how = { ...training, proximal };
    return encodeTraining({ shape, model, shard, seed: trainingSeed, options: how });
  });
  const results = await compute.run("train", inputs, { signal });
  const trained = new Map<number, ClientUpdate>();
  for (const [i, client] of atWork.entries()) {
    const { update, examples } = decodeTraining(results[i] ?? new Uint8Array(), shape);
    trained.set(client, { client, values: update, weight: examples });
  }
  const honest = participants
    .filter((client) => !isByzantine(client))
    .map((client) => trained.get(client)?.values as Float32Array);
  return participants.map((client) => {
    const own = trained.get(client);
    const made = (): Float32Array =>
      honest.length === 0
        ? new Float32Array(model.length).fill(Number.NaN)
        : byzantineUpdate(attack, honest, {
            own: own?.values as Float32Array | undefined,
            random: createRandom(seedOf(seed, PURPOSE.attack, round, client)),
            ...(alieZ !== undefined && { alieZ }),
          });
    // A Byzantine client reports the weight that an honest one would.
    const weight = own?.weight ?? shards[client]?.labels.length ?? 1;
    if (isByzantine(client) && !isLabelsOnly(attack)) return { client, weight, values: made() };
    if (own === undefined) throw new RangeError(`client ${client} has not trained`);
    // A Byzantine client adds no noise.
    if (privacy === undefined || isByzantine(client)) return own;
    const random = createRandom(seedOf(seed, PURPOSE.noise, round, client));
    const shares = participants.length;
    return { ...own, values: clipAndNoise(own.values, { ...privacy, shares, random }) };
  });
}
