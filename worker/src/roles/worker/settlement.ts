import { ContractRevertError, type JobId, NoCreditError } from "@assay/sdk";
import { type Address, zeroAddress } from "viem";
import { worthOf } from "../../jobs/worth.ts";
import { type PipelineContext, reported } from "../../kernel/context.ts";
import { type BatchState, UNDER_WAY, WAITING } from "../../store/batchState.ts";
import type { BatchRecord } from "../../store/nodeStore.ts";
import { advance } from "./advance.ts";
import { noteMissed, reconcileBatch } from "./reconcile.ts";

/** Batches settled by one transaction. */
const BATCHES_AT_ONCE = 50;

type OfBatch = Pick<BatchRecord, "jobId" | "batch">;

/** Puts into the queue what the time of the chain has made due. */
export function ensureDue({ head, steps, store }: PipelineContext): void {
  for (const { jobId, batch, state, settleableAt } of store.dueBatches(head().timestamp)) {
    if (state !== "submitted") steps.ensure({ step: "expire", jobId, batch });
    else if (settleableAt === undefined) steps.ensure({ step: "reconcile", jobId, batch });
    else steps.ensure({ step: "settle", jobId });
  }
  if (store.batchesInDoubt().length > 0) steps.ensure({ step: "place" });
}

/** Settles the account's batches of a job whose challenge window is over, many at once. */
export async function settleDue(
  context: PipelineContext,
  jobId: JobId,
  signal: AbortSignal,
): Promise<void> {
  const { store } = context;
  const terms = store.job(jobId)?.terms;
  if (terms === undefined) return;
  const now = context.head().timestamp;
  const due = () =>
    store
      .batches("submitted")
      .filter((record) => record.jobId === jobId && (record.settleableAt ?? now + 1) <= now);
  // Somebody else may have settled them, and a settlement of nothing costs gas as well.
  for (const record of due()) await reconcileBatch(context, record, signal);
  const records = due();
  for (let from = 0; from < records.length; from += BATCHES_AT_ONCE) {
    const page = records.slice(from, from + BATCHES_AT_ONCE);
    const batches = page.map(({ batch }) => batch);
    let block: bigint;
    try {
      const settlement = context.client.settle({ terms, batches, signal });
      ({ blockNumber: block } = await reported(context, "settle", settlement));
    } catch (error) {
      // The chain's next block decides whether a window is over: ours may be a moment ahead of it.
      if (error instanceof ContractRevertError && error.retryable) return;
      throw error;
    }
    for (const record of page) advance(context, record, "settled", { block });
  }
}

/** Frees what is left of the stake of a claim that was not submitted in time. */
export async function expireBatch(
  context: PipelineContext,
  { jobId, batch }: OfBatch,
  signal: AbortSignal,
): Promise<void> {
  const { client, head, store } = context;
  const terms = store.job(jobId)?.terms;
  const record = store.batch(jobId, batch);
  if (terms === undefined || !isUnderWay(record?.state)) return;
  if ((record?.deadline ?? head().timestamp) >= head().timestamp) return;
  try {
    const expiry = client.expire({ terms, batch, signal });
    const { blockNumber } = await reported(context, "expire", expiry);
    noteMissed(context, { jobId, batch }, blockNumber);
  } catch (error) {
    if (!(error instanceof ContractRevertError)) throw error;
    await reconcileBatch(context, { jobId, batch }, signal); // submitted after all, or expired by another
  }
}

/** Gives back a claim that cannot be finished, for the small fee, rather than lose the larger part at its deadline. */
export async function releaseBatch(
  context: PipelineContext,
  { jobId, batch }: OfBatch,
  signal: AbortSignal,
): Promise<void> {
  const { client, store } = context;
  const terms = store.job(jobId)?.terms;
  if (terms === undefined || !isUnderWay(store.batch(jobId, batch)?.state)) return;
  try {
    const release = client.release({ terms, batch, signal });
    const { blockNumber: block } = await reported(context, "release", release);
    advance(context, { jobId, batch }, "released", { reason: "it was given back", block });
  } catch (error) {
    if (!(error instanceof ContractRevertError)) throw error;
    await reconcileBatch(context, { jobId, batch }, signal); // its deadline came first, or it is not ours
  }
}

function isUnderWay(state: BatchState | undefined): boolean {
  return state !== undefined && (UNDER_WAY as readonly BatchState[]).includes(state);
}

/**
 * Withdraws the account's credit in the native coin and in every token that the node takes, when no batch waits for its settlement any
 * more, or when the credit is worth a transaction of its own.
 */
export async function withdrawCredit(context: PipelineContext, signal: AbortSignal): Promise<void> {
  const tokens = context.policy.tokens.map(({ address }) => address);
  for (const token of [zeroAddress, ...tokens]) await withdrawToken(context, token, signal);
}

async function withdrawToken(
  context: PipelineContext,
  token: Address,
  signal: AbortSignal,
): Promise<void> {
  const { client, policy, report, store } = context;
  const credit = await client.getCredit({ token, signal });
  if (credit === 0n) return;
  const creditWei = worthOf(policy, token, credit) ?? 0n;
  if (store.batches(...WAITING).length > 0 && creditWei < policy.withdrawFromWei) return;
  try {
    const withdrawal = client.withdraw({ token, signal });
    const { amount, blockNumber } = await reported(context, "withdraw", withdrawal);
    store.noteWithdrawn(blockNumber, token);
    const amountWei = worthOf(policy, token, amount) ?? 0n;
    report("credit withdrawn", { token, amount, amountWei });
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
