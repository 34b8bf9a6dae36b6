import { randomInt } from "node:crypto";

/** Blocks over which nodes spread a call that all of them could make. */
const SPREAD_BLOCKS = 8;
/** Maximum number of calls that are waited for. Others have made the older ones long ago. */
const MOST = 1_000;
/** Additional blocks for which a node waits that has nothing to gain. */
const PATIENCE_BLOCKS = 10;

export interface Turns {
  /**
   * Whether it is this node's turn to make a call that others may make, too. Each node waits for a few blocks, a random number chosen at
   * the first question, and then simulates the call. So the others see the first node's call, and pay no gas for the same.
   * @param key - names the call.
   * @param interest - `own`: only this node gains, so it calls at once. `shared`: others gain, too. `none`: nobody gains.
   */
  isOurs(key: string, interest: "own" | "shared" | "none"): boolean;
  /** Notes that somebody has made the call. */
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
