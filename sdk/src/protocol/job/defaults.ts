import { zeroAddress } from "viem";
import type { JobTerms } from "./job.ts";

/** What a job gets that its requester does not say. */
export const jobDefaults = {
  /** Longest result of a task, in bytes: one block. */
  maxResultBytes: 2 ** 20,
  /** Most fuel of a task: two to five seconds of a core, so that nodes' own time limits do not come first. */
  maxSteps: 10_000_000_000n,
  /** From a claim to its submission, where the Marketplace allows as much. */
  submitWindowSeconds: 3600,
  /** From posting until no batch can be claimed any more. */
  claimForSeconds: 86_400,
} as const;

const BATCHES = 16;
const MAX_BATCH = 1024;

/**
 * Tasks in a batch: enough batches for some workers to share, and no more, since each costs its worker three transactions. A
 * power of two, so that a batch never straddles two pages of the manifest.
 */
export function defaultBatchSize(taskCount: number): number {
  const fair = Math.ceil(taskCount / BATCHES);
  return Math.min(2 ** Math.ceil(Math.log2(fair)), MAX_BATCH);
}

/**
 * What a worker locks for a batch, in wei: what it is to earn with it, so that its word is worth as much as its work. What a token is
 * worth is unknown here.
 */
export function defaultStake(
  { minStakePerBatch }: { minStakePerBatch: bigint },
  { rewardPerTask, batchSize, token }: Pick<JobTerms, "rewardPerTask" | "batchSize" | "token">,
): bigint {
  if (token !== zeroAddress) return minStakePerBatch;
  const reward = rewardPerTask * BigInt(batchSize);
  return reward > minStakePerBatch ? reward : minStakePerBatch;
}
