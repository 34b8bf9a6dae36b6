/** Accounts on a Marketplace, honest and other. */
import { strangers } from "../../test/contracts/adversarial/arena.ts";
import { type Court, startCourt } from "../../test/contracts/dispute.ts";
import type { Actor, Terms } from "../../test/contracts/market.ts";
import type { Random } from "../../test/fixtures/random.ts";

const GWEI = 10n ** 9n;

export interface Population extends Court {
  /** Accounts that are nobody's yet. */
  others: readonly Actor[];
  now(): Promise<number>;
  /** Undoes everything since the population was made. */
  reset(): Promise<void>;
}

/** A batch that is submitted, of two to 64 tasks; its stake, reward and windows at random. */
export async function populate(
  random: Random,
  taskCount = 2 + random.below(63),
): Promise<Population> {
  const changes: Partial<Terms> = {
    taskCount,
    batchSize: taskCount,
    rewardPerTask: BigInt(1 + random.below(10 ** 6)) * GWEI,
    // Shares of a stake of whole gwei do not round.
    stakePerBatch: BigInt(4_000_000 + random.below(500_000_000)) * GWEI,
    // Enough for whoever works at once, each of whose steps is a block of a second or more.
    submitWindowSeconds: 3_600 + random.below(86_400),
    challengeWindowSeconds: 600 + random.below(86_400),
  };
  const court = await startCourt(changes);
  const others = await strangers(court, 15);
  let fresh = await court.network.networkHelpers.takeSnapshot();

  return {
    ...court,
    others,
    now: async () => Number((await court.client.getBlock()).timestamp),
    async reset() {
      await fresh.restore();
      fresh = await court.network.networkHelpers.takeSnapshot();
    },
  };
}
