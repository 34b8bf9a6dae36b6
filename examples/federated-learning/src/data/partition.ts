import type { Random } from "../random/random.ts";
import { DataError } from "./dataError.ts";
import { type DataSet, pick } from "./dataSet.ts";

/** Minimum number of examples of a client. */
export const MIN_EXAMPLES = 8;
/** Maximum number of draws until all clients have enough examples. */
const MAX_DRAWS = 2_000;

/**
 * Shares a data set out among clients, non-IID (Hsu, Qi, Brown 2019): the shares of each class are drawn from a symmetric Dirichlet
 * distribution. With a small `alpha` a client has few classes; with a large one all clients are alike.
 *
 * The draw is repeated until every client has {@link MIN_EXAMPLES}. If that does not happen, clients with too few examples get some from
 * the client that has the maximum.
 * @throws {@link DataError} `DATA_TOO_FEW`
 */
export function partition(
  data: DataSet,
  { clients, alpha, random }: { clients: number; alpha: number; random: Random },
): DataSet[] {
  const { labels, classes } = data;
  if (labels.length < clients * MIN_EXAMPLES) {
    throw new DataError(
      "DATA_TOO_FEW",
      `${labels.length} examples are too few for ${clients} clients with ${MIN_EXAMPLES} each: lower --clients.`,
    );
  }
  const byClass = Array.from({ length: classes }, (_, label) =>
    random.shuffle([...labels.keys()].filter((i) => labels[i] === label)),
  );
  let shards = draw(byClass, clients, alpha, random);
  for (let i = 1; i < MAX_DRAWS / clients && !shards.every(isEnough); i++) {
    shards = draw(byClass, clients, alpha, random);
  }
  fill(shards);
  return shards.map((positions) => pick(data, positions));
}

const isEnough = (shard: readonly number[]) => shard.length >= MIN_EXAMPLES;

function draw(
  byClass: readonly (readonly number[])[],
  clients: number,
  alpha: number,
  random: Random,
): number[][] {
  const shards: number[][] = Array.from({ length: clients }, () => []);
  for (const positions of byClass) {
    const weights = shards.map(() => random.gamma(alpha));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    let sum = 0;
    let from = 0;
    for (const [client, weight] of weights.entries()) {
      sum += weight;
      const to =
        client === clients - 1 ? positions.length : Math.floor((positions.length * sum) / total);
      shards[client]?.push(...positions.slice(from, to));
      from = to;
    }
  }
  return shards;
}

function fill(shards: number[][]): void {
  for (const shard of shards) {
    while (!isEnough(shard)) {
      const largest = shards.reduce((most, other) => (other.length > most.length ? other : most));
      const given = largest.pop();
      if (given === undefined) return;
      shard.push(given);
    }
  }
}

/** Splits a shuffled data set in two parts, of which the first has `share` of the examples. */
export function split(data: DataSet, share: number, random: Random): [DataSet, DataSet] {
  const order = random.shuffle([...data.labels.keys()]);
  const first = Math.round(order.length * share);
  return [pick(data, order.slice(0, first)), pick(data, order.slice(first))];
}
