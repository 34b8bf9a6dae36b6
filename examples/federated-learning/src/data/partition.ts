import type { Random } from "../random/random.ts";
import { DataError } from "./dataError.ts";
import { type DataSet, pick } from "./dataSet.ts";

/** What every client has at least. */
export const MIN_EXAMPLES = 8;
/** So many draws, of which one has to give everybody enough. */
const MAX_DRAWS = 2_000;

/**
 * Shares a data set out, non-IID (Hsu, Qi, Brown 2019): for each class, what part of it goes to which client is drawn from a
 * symmetric Dirichlet distribution. Small `alpha`: few classes a client; large: all alike.
 *
 * As is usual, the draw is repeated until everybody has {@link MIN_EXAMPLES}; where that does not come about, clients with too few are given
 * examples of those who have most.
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

/** Two parts of a data set, shuffled: the first has `share` of it. */
export function split(data: DataSet, share: number, random: Random): [DataSet, DataSet] {
  const order = random.shuffle([...data.labels.keys()]);
  const first = Math.round(order.length * share);
  return [pick(data, order.slice(0, first)), pick(data, order.slice(first))];
}
