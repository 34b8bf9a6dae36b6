import { randomInt } from "node:crypto";

/** Blocks over which nodes that could all make a call spread themselves. */
const SPREAD_BLOCKS = 8;
/** Calls that are waited for at a time; older ones were made by others long ago. */
const MOST = 1_000;
/** How much longer those wait who have nothing to gain by it. */
const PATIENCE_BLOCKS = 10;

export interface Turns {
  /**
   * Whether it is our turn to make a call that others may make, too. Each node waits for a few blocks, chosen at random when it is
   * first asked, and then simulates the call, so that the first one is seen by all others and they pay no gas for the same.
   * @param key - names the call.
   * @param interest - `own`: it is ours to gain, at once. `shared`: we gain by it, as others do. `none`: it merely has to be done.
   */
  isOurs(key: string, interest: "own" | "shared" | "none"): boolean;
  /** The call was made, by whomever. */
  over(key: string): void;
}

/** @param head - the latest block: waiting goes by blocks, since it is blocks that others have to see. */
export function createTurns(
  head: () => { number: bigint },
  chooseBelow: (limit: number) => number = randomInt,
): Turns {
  const dueAt = new Map<string, bigint>();
  return {
    isOurs(key, interest) {
      if (interest === "own") return true;
      const { number } = head();
      const known = dueAt.get(key);
      if (known !== undefined) return number >= known;
      const patience = interest === "none" ? PATIENCE_BLOCKS : 0;
      const due = number + BigInt(patience + chooseBelow(SPREAD_BLOCKS));
      dueAt.set(key, due);
      const [oldest] = dueAt.keys();
      if (dueAt.size > MOST && oldest !== undefined) dueAt.delete(oldest);
      return number >= due;
    },
    over(key) {
      dueAt.delete(key);
    },
  };
}
