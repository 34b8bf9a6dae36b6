import type { RoundReport, Training } from "./training.ts";

/** What a training has against a client, or has not. */
export interface Finding {
  client: number;
  /** Number of rounds that it took part in, and of those in which it was suspected. */
  rounds: number;
  suspected: number;
  /**
   * Whether it counts as a liar, and is not paid: it was suspected in at least half of its rounds, and all in all the model was worse for its
   * updates. Each sign alone is wrong about honest clients with rare data more often than both.
   */
  found: boolean;
}

/** Findings on the clients that took part in any round. Like a suspicion, a finding is a sign and no proof. */
export function findingsOf(rounds: readonly RoundReport[]): Map<number, Finding> {
  const took = countOf(rounds.flatMap(({ participants }) => participants));
  const doubted = countOf(rounds.flatMap(({ suspects }) => suspects.map(({ client }) => client)));
  const contributed = (client: number) =>
    rounds.reduce((sum, { contributions }) => sum + (contributions.shapley.get(client) ?? 0), 0);
  return new Map(
    [...took].map(([client, count]) => {
      const suspected = doubted.get(client) ?? 0;
      const found = suspected > 0 && 2 * suspected >= count && contributed(client) <= 0;
      return [client, { client, rounds: count, suspected, found }];
    }),
  );
}

/** What clients contributed, of those that may be paid: not of those that were found. */
export function payableOf({
  rounds,
  shapley,
}: Pick<Training, "rounds" | "shapley">): Map<number, number> {
  const findings = findingsOf(rounds);
  return new Map([...shapley].filter(([client]) => findings.get(client)?.found !== true));
}

function countOf(clients: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const client of clients) counts.set(client, (counts.get(client) ?? 0) + 1);
  return counts;
}
