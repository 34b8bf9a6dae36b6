import { setTimeout as sleep } from "node:timers/promises";
import { type BatchState, batchRange, type MarketEvent } from "@assay/sdk";
import { isAddressEqual } from "viem";
import type { BatchState as StoredState } from "../store/batchState.ts";
import type { BatchRecord } from "../store/nodeStore.ts";
import type { PipelineContext } from "./context.ts";

/** Pause between two looks at the transactions under way, in milliseconds. */
const PENDING_PAUSE_MS = 1_000;
/** How long a transaction sent before a restart is waited for, in milliseconds. */
const PENDING_MS = 10 * 60_000;

type Parts = Pick<PipelineContext, "account" | "client" | "head" | "report" | "store">;

/** Marks a batch as settled, tells of it once, and drops what is needed no more. */
export function noteSettled(
  { report, store }: Pick<PipelineContext, "report" | "store">,
  { jobId, batch }: Pick<BatchRecord, "jobId" | "batch">,
  block: bigint | undefined,
): boolean {
  const terms = store.job(jobId)?.terms;
  if (terms === undefined || !store.moveBatch(jobId, batch, "settled", { block })) return false;
  const range = batchRange(terms, batch);
  store.forgetResults(jobId, range);
  report("batch settled", { jobId, batch, rewardWei: terms.rewardPerTask * BigInt(range.count) });
  return true;
}

/** Marks a batch as lost and tells of it once; one that was never ours was merely taken by another. */
export function noteLost(
  { report, store }: Pick<PipelineContext, "report" | "store">,
  { jobId, batch }: Pick<BatchRecord, "jobId" | "batch">,
  reason: string,
  block?: bigint,
): void {
  const wasOurs = store.batch(jobId, batch)?.state !== "claiming";
  if (!store.moveBatch(jobId, batch, "lost", { reason, block })) return;
  if (wasOurs) report("batch lost", { jobId, batch, reason });
  else report("batch taken", { jobId, batch });
}

/** A claim of ours expired: the job is left alone from now on, or its stake might go the same way batch by batch. */
export function noteMissed(
  context: Pick<PipelineContext, "report" | "store">,
  record: Pick<BatchRecord, "jobId" | "batch">,
  block: bigint,
): void {
  const { report, store } = context;
  const { jobId } = record;
  noteLost(context, record, "its deadline was missed", block);
  if (store.job(jobId)?.state !== "ready") return;
  const reason = "a batch was not done in time";
  store.setJob(jobId, "refused", { reason });
  report("job refused", { jobId, reason });
}

/** Our results were found wrong: whatever made them so, the job is left alone, or the rest of our stake goes the same way. */
function noteSlashed(
  context: Pick<PipelineContext, "report" | "store">,
  { jobId, batch, slashed, blockNumber }: Extract<MarketEvent, { type: "workerSlashed" }>,
): void {
  const { report, store } = context;
  report("stake slashed", { jobId, batch, slashedWei: slashed });
  noteLost(context, { jobId, batch }, "its results were found wrong", blockNumber);
  const reason = "results of ours were found wrong";
  if (store.job(jobId)?.state !== "ready") return;
  store.setJob(jobId, "refused", { reason });
  report("job refused", { jobId, reason });
}

/** A question about a batch of ours came up or is over: only the chain knows now when it can be settled. */
function forgetWindow({ store }: Pick<PipelineContext, "store">, event: MarketEvent): void {
  if (!("batch" in event)) return;
  const { jobId, batch } = event;
  if (store.batch(jobId, batch)?.state === "submitted") {
    store.setSettleableAt(jobId, batch, undefined);
  }
}

const QUESTIONS = new Set<MarketEvent["type"]>([
  ...(["batchChallenged", "challengeResolved", "leafDemanded", "leafRevealed"] as const),
  ...(["demandSuperseded", "batchRefunded"] as const),
]);

/** Takes over what an event tells of the account's own batches, whoever caused it and whether or not we remember. */
export function applyOwnEvent(context: Parts, event: MarketEvent): void {
  const { account, report, store } = context;
  if (QUESTIONS.has(event.type)) forgetWindow(context, event);
  if (!("worker" in event) || !isAddressEqual(event.worker, account)) return;
  const { jobId, batch, blockNumber: block } = event;
  const terms = store.job(jobId)?.terms;
  if (terms === undefined) return; // a job that nobody can fetch
  switch (event.type) {
    case "batchClaimed": {
      const { deadline } = event;
      if (store.moveBatch(jobId, batch, "claimed", { deadline, block })) {
        report("batch claimed", { jobId, batch, tasks: batchRange(terms, batch).count });
      }
      return;
    }
    case "batchSubmitted": {
      const { resultRoot, results } = event;
      if (store.moveBatch(jobId, batch, "submitted", { resultRoot, results, block })) {
        report("batch submitted", { jobId, batch, resultRoot });
      }
      return;
    }
    case "batchSettled":
      noteSettled(context, event, block);
      return;
    case "batchExpired":
      noteMissed(context, event, block);
      return;
    case "batchReleased":
      noteLost(context, event, "it was given back", block);
      return;
    case "workerSlashed":
      noteSlashed(context, event);
      return;
  }
}

/** Asks the chain where a batch stands and takes that over. */
export async function reconcileBatch(
  context: Parts,
  { jobId, batch }: Pick<BatchRecord, "jobId" | "batch">,
  signal: AbortSignal,
): Promise<void> {
  const { account, client, store, report } = context;
  const terms = store.job(jobId)?.terms;
  if (terms === undefined) return;
  const [state] = await client.getBatches({ jobId, first: batch, count: 1, signal });
  if (state === undefined) return;
  const { status, worker, timestamp, resultRoot } = state;
  if (status === "open" || !isAddressEqual(worker, account)) {
    const is = status === "open" || status === "void" ? status : "another worker's";
    noteLost(context, { jobId, batch }, `it is ${is}`);
    return;
  }
  switch (status) {
    case "claimed":
      if (store.moveBatch(jobId, batch, "claimed", { deadline: timestamp })) {
        report("batch claimed", { jobId, batch, tasks: batchRange(terms, batch).count });
      }
      return;
    case "submitted":
      if (store.moveBatch(jobId, batch, "submitted", { resultRoot })) {
        report("batch submitted", { jobId, batch, resultRoot });
      }
      store.setSettleableAt(jobId, batch, timestamp + terms.challengeWindowSeconds);
      return;
    case "demanded":
    case "challenged":
      if (store.moveBatch(jobId, batch, "submitted", { resultRoot })) {
        report("batch submitted", { jobId, batch, resultRoot });
      }
      store.setSettleableAt(jobId, batch, undefined);
      return;
    case "settled":
      noteSettled(context, { jobId, batch }, undefined);
      return;
  }
}

/**
 * Puts the batches that a reorganisation may have moved where the chain says that they are, backward too. Transactions of ours that it
 * has undone come to their end before: until then the chain does not say the last of it.
 */
export async function reconcileDoubtful(context: Parts, signal: AbortSignal): Promise<void> {
  const { client, report, store } = context;
  if (store.batchesInDoubt().length === 0) return;
  await client.endTransactions({ signal });
  for (const record of store.batchesInDoubt()) {
    const { jobId, batch, state: from } = record;
    const blockNumber = await client.public.getBlockNumber({ cacheTime: 0 });
    const [state] = await client.getBatches({ jobId, first: batch, count: 1, blockNumber, signal });
    if (state === undefined) continue;
    const to = stateOnChain(context, record, state);
    const reason = to === "lost" ? { reason: "a reorganisation undid its claim" } : {};
    store.placeBatch(record, to, { block: blockNumber, ...reason });
    if (to !== from) report("batch moved back", { jobId, batch, from, to });
    // Deadlines and windows, and going forward, are as at any other time.
    if (to !== "lost") await reconcileBatch(context, record, signal);
  }
}

/** The furthest state of ours that agrees with the chain, and is no further than where we were. */
function stateOnChain(
  { account }: Parts,
  { state, resultRoot, results }: BatchRecord,
  { status, worker }: BatchState,
): StoredState {
  if (status === "open" || status === "void" || !isAddressEqual(worker, account)) return "lost";
  if (status !== "claimed") {
    return state === "lost" || (state === "settled" && status !== "settled") ? "submitted" : state;
  }
  switch (state) {
    case "settled": // what was computed is forgotten
    case "lost":
      return "claimed";
    case "submitted":
      return resultRoot === undefined || results === undefined ? "claimed" : "computed";
    default:
      return state;
  }
}

/**
 * Waits until the account's transactions that were sent before (by the process that this one follows) are mined. What they
 * do is not known until then, and sending the same again would pay for it twice.
 */
export async function ownTransactionsMined(
  { account: address, client }: Pick<PipelineContext, "account" | "client">,
  signal: AbortSignal,
): Promise<void> {
  const until = Date.now() + PENDING_MS;
  while (Date.now() < until) {
    signal.throwIfAborted();
    const [mined, sent] = await Promise.all([
      client.public.getTransactionCount({ address, blockTag: "latest" }),
      client.public.getTransactionCount({ address, blockTag: "pending" }),
    ]);
    if (mined >= sent) return;
    await sleep(PENDING_PAUSE_MS, undefined, { signal });
  }
}
