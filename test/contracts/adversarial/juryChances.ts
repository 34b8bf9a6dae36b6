/** A coalition's chance of a majority, with its tickets in one account and in one each. */
import { type DrawBench, majorityChance, seeded, within } from "../jury/drawBench.ts";

export interface Pool {
  /** Tickets of the honest accounts. */
  honest: readonly number[];
  /** Tickets of the coalition. */
  mine: number;
}

export interface Chance {
  accounts: number;
  tickets: number;
  mine: number;
  seats: number;
  coalition: "one account" | "one ticket each";
  exact: number;
  measured: number;
}

/**
 * Draws first panels of three and appeals of seven, so many of each, from every pool in both forms.
 *
 * @throws if a chance is not the exact one, which knows nothing of accounts.
 */
export async function chancesOf(
  bench: DrawBench,
  pools: readonly Pool[],
  rounds: number,
): Promise<Chance[]> {
  const chances: Chance[] = [];
  for (const { honest, mine } of pools) {
    const tickets = mine + honest.reduce((a, b) => a + b);
    for (const seats of [3, 7]) {
      const exact = majorityChance({ tickets, mine, seats });
      for (const [coalition, accounts] of [
        ["one account", [mine]],
        ["one ticket each", Array<number>(mine).fill(1)],
      ] as const) {
        const count = await bench.majorities({
          weights: [...accounts, ...honest],
          mine: accounts.length,
          seats,
          rounds,
          seed: seeded(),
        });
        within(count, rounds, exact);
        chances.push({
          accounts: accounts.length + honest.length,
          tickets,
          mine,
          seats,
          coalition,
          exact: Number(exact.toFixed(4)),
          measured: Number((count / rounds).toFixed(4)),
        });
      }
    }
  }
  return chances;
}
