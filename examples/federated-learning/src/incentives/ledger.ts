/**
 * The coordinator's own book of how each client has done: between 0 and 1, and a client's chance to take part is in proportion to it. The
 * reputation on chain says nothing of this: it counts settled work, and whoever trains on bad data has settled its work too.
 */
export interface Ledger {
  /** By client. */
  readonly reputations: readonly number[];
  /** A round's contributions and suspects move those who took part. */
  note(round: { contributions: ReadonlyMap<number, number>; suspects: ReadonlySet<number> }): void;
}

const START = 0.5;
/** How much one round counts. */
const PACE = 0.3;
/** Nobody is shut out for ever: whoever was wrongly suspected can come back. */
const LEAST = 0.02;

export function createLedger(clients: number): Ledger {
  const reputations = new Array<number>(clients).fill(START);
  return {
    reputations,
    note({ contributions, suspects }) {
      for (const [client, contribution] of contributions) {
        const good = contribution >= 0 && !suspects.has(client) ? 1 : 0;
        const before = reputations[client] ?? START;
        reputations[client] = Math.max(LEAST, before + PACE * (good - before));
      }
    },
  };
}
