import { ZERO_ADDRESS } from "../hashes/hex.ts";
import type { JobTerms } from "./job.ts";

/** Default values of a job. */
export const jobDefaults = {
  /** Maximum result of a task, in bytes: one block. */
  maxResultBytes: 2 ** 20,
  /** Maximum fuel of a task: two to five seconds of a core, so that fuel runs out before a node's own time limit. */
  maxSteps: 10_000_000_000n,
  /** Time from a claim to its submission, if the Marketplace allows as much. */
  submitWindowSeconds: 3600,
  /** Time after the posting during which batches can be claimed. */
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
 * Stake that a worker locks for a batch, in wei. It equals the batch's reward, so that a lie costs as much as the work earns. The value of
 * a token is unknown here.
 */
export function defaultStake(
  { minStakePerBatch }: { minStakePerBatch: bigint },
  { rewardPerTask, batchSize, token }: Pick<JobTerms, "rewardPerTask" | "batchSize" | "token">,
): bigint {
  if (token !== ZERO_ADDRESS) return minStakePerBatch;
  const reward = rewardPerTask * BigInt(batchSize);
  return reward > minStakePerBatch ? reward : minStakePerBatch;
}
