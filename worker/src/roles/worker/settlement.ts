import { ContractRevertError, type JobId } from "@assay/sdk";
import { reported } from "../../kernel/report.ts";
import { type OwnBatchState, UNDER_WAY } from "../../store/batchState.ts";
import type { BatchRecord } from "../../store/nodeStore.ts";
import { advance } from "./advance.ts";
import type { WorkerContext } from "./context.ts";
import { noteMissed, reconcileBatch } from "./reconcile.ts";

/** Batches settled by one transaction. */
const BATCHES_AT_ONCE = 50;

type OfBatch = Pick<BatchRecord, "jobId" | "batch">;

/** Puts into the queue what the time of the chain has made due. */
export function ensureDue({ head, steps, store }: WorkerContext): void {
  for (const { jobId, batch, state, settleableAt } of store.dueBatches(head().timestamp)) {
    if (state !== "submitted") steps.ensure({ step: "expire", jobId, batch });
    else if (settleableAt === undefined) steps.ensure({ step: "reconcile", jobId, batch });
    else steps.ensure({ step: "settle", jobId });
  }
  if (store.batchesInDoubt().length > 0) steps.ensure({ step: "place" });
}

/** Settles the account's batches of a job whose challenge window is over, many at once. */
export async function settleDue(
  context: WorkerContext,
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
  context: WorkerContext,
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
  context: WorkerContext,
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

function isUnderWay(state: OwnBatchState | undefined): boolean {
  return state !== undefined && (UNDER_WAY as readonly OwnBatchState[]).includes(state);
}
