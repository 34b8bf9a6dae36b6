import {
  type AwardTimes,
  awardTimes,
  type JobId,
  type JobTerms,
  nextTurn,
  RESERVED,
  turnAt,
  turnBounds,
} from "@assay/sdk";
import type { Address } from "viem";
import type { NodeStore } from "../../store/nodeStore.ts";
import type { OfferRecord } from "../../store/offerStore.ts";
import type { ClaimTurn, ClaimTurns } from "./claimTurns.ts";

/** A turn that ends sooner is let pass, in seconds: a claim that is mined too late reverts. */
const TOO_LATE_SECONDS = 3;

/** Whether a job's batches go only to whom the `Offers` contract admits. */
export function isReserved({ minScore }: Pick<JobTerms, "minScore">): boolean {
  return (minScore & RESERVED) !== 0;
}

/**
 * The times of an award: with a bond behind it, turns begin when it is registered on the chain.
 *
 * @returns `undefined` before that.
 */
export function timesOf({
  offer,
  award,
  registeredAt,
}: Pick<OfferRecord, "offer" | "award" | "registeredAt">): AwardTimes | undefined {
  if (award === undefined) return undefined;
  const from = offer.bidBond > 0n ? registeredAt : award.award.from;
  return from === undefined ? undefined : awardTimes({ ...award.award, from }, offer);
}

/**
 * Milliseconds until an account may claim an awarded batch; infinite if the award is not about it, or its turns have not begun. After winner and backup everybody's
 * turn comes, one after the other.
 * @param turn - the account's place in the order of claims.
 * @param second - the chain's time, in Unix seconds.
 */
export function awardWaitMs(
  known: Pick<OfferRecord, "offer" | "award" | "registeredAt">,
  { batch, rankMs }: Pick<ClaimTurn, "batch" | "rankMs">,
  { account, second }: { account: Address; second: number },
): number {
  const named = known.award?.award;
  const times = timesOf(known);
  const isAbout =
    named !== undefined && batch >= named.firstBatch && batch - named.firstBatch < named.batchCount;
  if (!isAbout || times === undefined) return Number.POSITIVE_INFINITY;
  const at = turnInTime(times, account, second);
  const opened = turnAt(times, at) === "open" ? turnBounds(times, at).first * 1_000 + rankMs : 0;
  return Math.max(at * 1_000, opened) - second * 1_000;
}

/** The first second of a turn that is long enough for a claim. */
function turnInTime(times: AwardTimes, account: Address, second: number): number {
  const next = nextTurn(times, account, second);
  const { last } = turnBounds(times, next);
  return last - next < TOO_LATE_SECONDS ? nextTurn(times, account, last + 1) : next;
}

/** The turns of an account: those of awards for reserved jobs, and the order of claims for all others. */
export function withAwards(
  turns: ClaimTurns,
  {
    store,
    account,
    chainTime,
  }: {
    store: Pick<NodeStore, "job" | "offerOf">;
    account: Address;
    /** The chain's time, in Unix seconds. */
    chainTime: () => number;
  },
): ClaimTurns {
  return {
    refresh: turns.refresh,
    inOrder(jobId: JobId, batches) {
      const ordered = turns.inOrder(jobId, batches);
      const terms = store.job(jobId)?.terms;
      if (terms === undefined || !isReserved(terms)) return ordered;
      const known = store.offerOf(terms);
      if (known === undefined) return [];
      const second = chainTime();
      return ordered.map((turn) => ({
        ...turn,
        waitMs: awardWaitMs(known, turn, { account, second }),
      }));
    },
  };
}
