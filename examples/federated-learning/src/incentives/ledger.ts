/**
 * The reputations that the coordinator gives its clients, between 0 and 1. A client's chance to take part is in proportion to its
 * reputation. The reputation on chain cannot serve here: it counts settled work, and work on bad data is settled too.
 */
export interface Ledger {
  /** Reputations by client. */
  readonly reputations: readonly number[];
  /** Updates the reputations of the clients that took part in a round. */
  note(round: { contributions: ReadonlyMap<number, number>; suspects: ReadonlySet<number> }): void;
}

const INITIAL_REPUTATION = 0.5;
/** Weight of one round. */
const PACE = 0.3;
/** Above 0, so that a client that was wrongly suspected can come back. */
const MIN_REPUTATION = 0.02;

/** @param before - reputations to go on from, which stay as they are. Default: the same one for all. */
export function createLedger(clients: number, before?: readonly number[]): Ledger {
  const reputations = [...(before ?? new Array<number>(clients).fill(INITIAL_REPUTATION))];
  return {
    reputations,
    note({ contributions, suspects }) {
      for (const [client, contribution] of contributions) {
        const good = contribution >= 0 && !suspects.has(client) ? 1 : 0;
        const before = reputations[client] ?? INITIAL_REPUTATION;
        reputations[client] = Math.max(MIN_REPUTATION, before + PACE * (good - before));
      }
    },
  };
}
