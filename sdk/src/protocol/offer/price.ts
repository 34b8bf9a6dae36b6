import type { JobTerms } from "../job/job.ts";
import type { Offer } from "./offer.ts";

type Priced = Pick<Offer, "terms" | "minReward" | "maxReward" | "rampFrom" | "rampSeconds" | "fee">;

/** What a task of an offer pays if it is taken at this second (Unix time) and was not taken before, in the token's smallest unit. */
export function rewardAt(
  { minReward, maxReward, rampFrom, rampSeconds }: Omit<Priced, "terms" | "fee">,
  second: number,
): bigint {
  if (second <= rampFrom) return minReward;
  const passed = second - rampFrom;
  if (passed >= rampSeconds) return maxReward;
  return minReward + ((maxReward - minReward) * BigInt(passed)) / BigInt(rampSeconds);
}

/** What a job costs its requester at this price, the fee of whoever posts it included, in the token's smallest unit. */
export function costAt({ terms, fee }: Pick<Priced, "terms" | "fee">, reward: bigint): bigint {
  return reward * BigInt(terms.taskCount) + fee;
}

/** The bit of `minScore` that reserves a job's batches for those whom an agent of the requester admits. */
export const RESERVED_JOB = 0x8000;

/**
 * The terms of the job that an offer becomes at a price.
 * @param reward - of a task, in the token's smallest unit.
 * @param isReserved - whether its batches go to whom the `Offers` contract admits; so it is where somebody may award them.
 */
export function postedTerms(
  { terms }: Pick<Offer, "terms">,
  { reward, isReserved }: { reward: bigint; isReserved: boolean },
): JobTerms {
  const minScore = isReserved ? terms.minScore | RESERVED_JOB : terms.minScore;
  return { ...terms, rewardPerTask: reward, minScore };
}
