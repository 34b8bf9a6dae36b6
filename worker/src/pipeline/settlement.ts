import { ContractRevertError, type JobId, NoCreditError } from "@assay/sdk";
import type { BatchRecord } from "../store/nodeStore.ts";
import { type PipelineContext, reported } from "./context.ts";
import { noteMissed, noteSettled, reconcileBatch } from "./reconcile.ts";

/** Batches settled by one transaction. */
const BATCHES_AT_ONCE = 50;

/**
 * Settles the account's batches whose challenge window is over, several of a job at once.
 * @returns whether any was.
 */
export async function settleDue(context: PipelineContext, signal: AbortSignal): Promise<boolean> {
  const { store } = context;
  const now = context.head().timestamp;
  const isDue = ({ settleableAt }: BatchRecord) =>
    settleableAt === undefined || settleableAt <= now;
  // Somebody else may have settled them, and a settlement of nothing costs gas as well.
  for (const record of store.batches("submitted").filter(isDue)) {
    await reconcileBatch(context, record, signal);
  }
  const due = store
    .batches("submitted")
    .filter(({ settleableAt }) => settleableAt !== undefined && settleableAt <= now);
  const byJob = Map.groupBy(due, ({ jobId }) => jobId);
  for (const [jobId, records] of byJob) {
    for (let from = 0; from < records.length; from += BATCHES_AT_ONCE) {
      await settle(context, jobId, records.slice(from, from + BATCHES_AT_ONCE), signal);
    }
  }
  return due.length > 0;
}

async function settle(
  context: PipelineContext,
  jobId: JobId,
  records: readonly BatchRecord[],
  signal: AbortSignal,
): Promise<void> {
  const terms = context.store.job(jobId)?.terms;
  if (terms === undefined) return;
  const batches = records.map(({ batch }) => batch);
  let block: bigint;
  try {
    const settlement = context.client.settle({ terms, batches, signal });
    ({ blockNumber: block } = await reported(context, "settle", settlement));
  } catch (error) {
    // The chain's next block decides whether a window is over: ours may be a moment ahead of it.
    if (error instanceof ContractRevertError && error.retryable) return;
    throw error;
  }
  for (const record of records) noteSettled(context, record, block);
}

/** Frees what is left of the stake of claims that were not submitted in time. */
export async function expireOverdue(context: PipelineContext, signal: AbortSignal): Promise<void> {
  const { client, store } = context;
  const now = context.head().timestamp;
  for (const record of store.batches("claimed", "computed", "submitting")) {
    const { jobId, batch, deadline } = record;
    const terms = store.job(jobId)?.terms;
    if (terms === undefined || deadline === undefined || deadline >= now) continue;
    try {
      const expiry = client.expire({ terms, batch, signal });
      const { blockNumber } = await reported(context, "expire", expiry);
      noteMissed(context, record, blockNumber);
    } catch (error) {
      if (!(error instanceof ContractRevertError)) throw error;
      await reconcileBatch(context, record, signal); // submitted after all, or expired by another
    }
  }
}

/**
 * Withdraws the account's credit when no batch waits for its settlement any more, or when the credit is worth a transaction
 * of its own.
 */
export async function withdrawCredit(context: PipelineContext, signal: AbortSignal): Promise<void> {
  const { client, policy, report, store } = context;
  const credit = await client.getCredit({ signal });
  if (credit === 0n) return;
  if (store.batches("submitted").length > 0 && credit < policy.withdrawFromWei) return;
  try {
    const { amount } = await reported(context, "withdraw", client.withdraw({ signal }));
    report("credit withdrawn", { amountWei: amount });
  } catch (error) {
    // Another part of this node was faster.
    if (!(error instanceof NoCreditError)) throw error;
  }
}

/**
 * Brings the account's stake up to what the node is to hold.
 *
 * @throws InsufficientBalanceError when the account cannot pay for it.
 */
export async function topUpStake(context: PipelineContext, signal: AbortSignal): Promise<void> {
  const { client, policy } = context;
  const { stake } = await client.getAccount({ signal });
  const amount = policy.stakeWei - stake;
  if (amount > 0n) await reported(context, "deposit", client.deposit({ amount, signal }));
}
