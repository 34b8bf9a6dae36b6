import type { JobTerms } from "../../protocol/job/job.ts";
import type { BatchState } from "../actions/read/getBatches.ts";

export interface ClaimingState {
  terms: Pick<JobTerms, "claimUntil">;
  cancelled: boolean;
  /** Of the block at which it is asked, in Unix seconds. */
  timestamp: bigint;
}

/** Whether no batch of the job can be claimed any more. */
export function isClaimingOver({ terms, cancelled, timestamp }: ClaimingState): boolean {
  return cancelled || timestamp > BigInt(terms.claimUntil);
}

/** Whether a batch can never be submitted: nobody can claim it, and nobody has it claimed in time. */
export function isLost(batch: BatchState, job: ClaimingState): boolean {
  if (!isClaimingOver(job)) return false;
  return (
    batch.status === "void" ||
    batch.status === "open" ||
    (batch.status === "claimed" && job.timestamp > BigInt(batch.timestamp))
  );
}

/** Batches that are lost, and why. */
export interface LostBatches {
  code: "JOB_CANCELLED" | "JOB_CLAIMING_CLOSED";
  batches: readonly number[];
}

/** The given batches, if all of them are lost. */
export function allLost(
  batches: readonly BatchState[],
  job: ClaimingState,
): LostBatches | undefined {
  if (!batches.every((batch) => isLost(batch, job))) return undefined;
  return {
    code: job.cancelled ? "JOB_CANCELLED" : "JOB_CLAIMING_CLOSED",
    batches: batches.map(({ batch }) => batch),
  };
}
