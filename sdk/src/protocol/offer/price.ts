import type { JobTerms } from "../job/job.ts";
import type { Offer } from "./offer.ts";

type Priced = Pick<Offer, "terms" | "minReward" | "maxReward" | "rampFrom" | "rampSeconds" | "fee">;

/**
 * What a task may pay at a time: the ramp of an offer.
 * @param second - Unix time.
 * @param resumption - from where the ramp goes on, if a job of the offer failed.
 */
export function rewardAt(
  { minReward, maxReward, rampFrom, rampSeconds }: Omit<Priced, "terms" | "fee">,
  second: number,
  resumption: { reward: bigint; since: number } = { reward: minReward, since: rampFrom },
): bigint {
  const { reward: start, since } = resumption;
  if (minReward === maxReward || second <= since) return start;
  const rise =
    rampSeconds === 0
      ? maxReward
      : ((maxReward - minReward) * BigInt(second - since)) / BigInt(rampSeconds);
  return start + rise < maxReward ? start + rise : maxReward;
}

/** What a job costs its requester at this price, the fee of whoever posts it included, in the token's smallest unit. */
export function costAt({ terms, fee }: Pick<Priced, "terms" | "fee">, reward: bigint): bigint {
  return reward * BigInt(terms.taskCount) + fee;
}

/** The bit of `minScore` that reserves a job's batches for those whom an agent of the requester admits. */
export const RESERVED = 0x8000;

/**
 * The terms of the job that an offer becomes at a price.
 * @param reward - of a task, in the token's smallest unit.
 * @param isReserved - whether its batches go to whom the `Offers` contract admits; so it is where they are awarded. Default: no.
 */
export function termsOfOffer(
  { terms }: Pick<Offer, "terms">,
  { reward, isReserved = false }: { reward: bigint; isReserved?: boolean },
): JobTerms {
  const minScore = isReserved ? terms.minScore | RESERVED : terms.minScore;
  return { ...terms, rewardPerTask: reward, minScore };
}
