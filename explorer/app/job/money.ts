import type { BatchState, JobTerms, WatchedJobEvent } from "@assay/sdk";
import type { Address } from "viem";

/** A job's escrow, and where every part of it is: `paidIn = paidOut + cameBack + held + difference`. */
export interface Balance {
  paidIn: bigint;
  paidOut: bigint;
  /** Refunds of batches, and of a cancelled job. */
  cameBack: bigint;
  /** By the states of the batches, not by what is left. */
  held: bigint;
  /** Zero, unless what was read is of two moments or the contract is wrong. */
  difference: bigint;
  /** What each worker was paid. */
  byWorker: Map<Address, bigint>;
}

/** Stake that workers lost: `slashed = burned + toAskers + forFees + toRequester`. */
export interface Slashes {
  count: number;
  slashed: bigint;
  burned: bigint;
  toAskers: bigint;
  /** Kept for challengers of the same round who were right, too. */
  reserved: bigint;
  toRequester: bigint;
}

/** Makes up a job's balance from what happened to it and from where its batches are. */
export function balanceOf(
  { taskCount, batchSize, rewardPerTask }: JobTerms,
  {
    events,
    batches,
    isCancelled,
  }: { events: readonly WatchedJobEvent[]; batches: readonly BatchState[]; isCancelled: boolean },
): Balance {
  const byWorker = new Map<Address, bigint>();
  let paidOut = 0n;
  let cameBack = 0n;
  for (const event of events) {
    if (event.type === "batchSettled") {
      paidOut += event.reward;
      byWorker.set(event.worker, (byWorker.get(event.worker) ?? 0n) + event.reward);
    } else if (event.type === "batchRefunded") cameBack += event.amount;
    else if (event.type === "jobCancelled") cameBack += event.refund;
  }
  let tasks = 0;
  for (const { batch, status } of batches) {
    const isHeld =
      status === "claimed" ||
      status === "submitted" ||
      status === "questioned" ||
      (status === "open" && !isCancelled);
    if (isHeld) tasks += Math.min(batchSize, taskCount - batch * batchSize);
  }
  const held = BigInt(tasks) * rewardPerTask;
  const paidIn = BigInt(taskCount) * rewardPerTask;
  return {
    paidIn,
    paidOut,
    cameBack,
    held,
    difference: paidIn - paidOut - cameBack - held,
    byWorker,
  };
}

export function slashesOf(events: readonly WatchedJobEvent[]): Slashes {
  const sum = { count: 0, slashed: 0n, burned: 0n, toAskers: 0n, reserved: 0n, toRequester: 0n };
  for (const event of events) {
    if (event.type !== "workerSlashed") continue;
    sum.count++;
    sum.slashed += event.slashed;
    sum.burned += event.burned;
    sum.toAskers += event.reward;
    sum.reserved += event.reserved;
    sum.toRequester += event.compensation;
  }
  return sum;
}
