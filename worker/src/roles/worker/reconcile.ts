import type { BatchState, MarketEvent } from "@assay/sdk";
import { isAddressEqual } from "viem";
import type { OwnBatchState } from "../../store/batchState.ts";
import type { BatchRecord } from "../../store/nodeStore.ts";
import { advance, refuseJob } from "./advance.ts";
import type { WorkerContext } from "./context.ts";

type Parts = Pick<WorkerContext, "account" | "client" | "policy" | "report" | "steps" | "store">;

/** A claim of ours expired: the job is left alone from now on, or its stake might go the same way batch by batch. */
export function noteMissed(
  context: Parts,
  record: Pick<BatchRecord, "jobId" | "batch">,
  block: bigint,
): void {
  advance(context, record, "expired", { reason: "its deadline was missed", block });
  refuseJob(context, record.jobId, { code: "TIME", reason: "a batch was not done in time" });
}

/** Our results were found wrong: whatever made them so, the job is left alone, or the rest of our stake goes the same way. */
function noteSlashed(
  context: Parts,
  { jobId, batch, slashed, blockNumber }: Extract<MarketEvent, { type: "workerSlashed" }>,
): void {
  context.report("stake slashed", { jobId, batch, slashedWei: slashed });
  const reason = "its results were found wrong";
  advance(context, { jobId, batch }, "failed", { reason, block: blockNumber });
  refuseJob(context, jobId, { code: "WRONG", reason: "results of ours were found wrong" });
}

/** Questions about a batch that come up… */
const QUESTIONS = new Set<MarketEvent["type"]>(["batchChallenged", "leafDemanded"]);
/** …and what may have ended one, or all: how the batch stands then, only the chain knows. */
const ANSWERS = new Set<MarketEvent["type"]>([
  ...(["challengeResolved", "leafRevealed", "batchRefunded"] as const),
]);

function noteQuestion({ steps, store, ...context }: Parts, event: MarketEvent): void {
  if (!("batch" in event)) return;
  const { jobId, batch, blockNumber: block } = event;
  const state = store.batch(jobId, batch)?.state;
  if (state !== "submitted" && state !== "disputed") return;
  store.setSettleableAt(jobId, batch, undefined);
  if (QUESTIONS.has(event.type)) {
    advance({ ...context, steps, store }, event, "questioned", { block });
    if (event.type === "leafDemanded") steps.ensure({ step: "answer", jobId, batch });
  } else steps.ensure({ step: "reconcile", jobId, batch });
}

/** Takes over an event about the account's own batches. The cause may be another account, or an earlier run of this node. */
export function applyOwnEvent(context: Parts, event: MarketEvent): void {
  const { account, store } = context;
  if (QUESTIONS.has(event.type) || ANSWERS.has(event.type)) noteQuestion(context, event);
  if (!("worker" in event) || !isAddressEqual(event.worker, account)) return;
  const { jobId, blockNumber: block } = event;
  if (store.job(jobId) === undefined) return; // a job that nobody can fetch
  switch (event.type) {
    case "batchClaimed":
      advance(context, event, "claimed", { deadline: event.deadline, block });
      return;
    case "batchSubmitted": {
      const { resultRoot, results } = event;
      advance(context, event, "submitted", { resultRoot, results, block });
      return;
    }
    case "batchSettled":
      advance(context, event, "settled", { block });
      return;
    case "batchExpired":
      noteMissed(context, event, block);
      return;
    case "batchReleased":
      advance(context, event, "released", { reason: "it was given back", block });
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
  const { account, client, steps, store } = context;
  const terms = store.job(jobId)?.terms;
  if (terms === undefined) return;
  const [state] = await client.getBatches({ jobId, first: batch, count: 1, signal });
  if (state === undefined) return;
  const { status, worker, timestamp, resultRoot } = state;
  if (status === "open" || status === "void" || !isAddressEqual(worker, account)) {
    const is = status === "open" || status === "void" ? status : "another worker's";
    if (store.batch(jobId, batch) !== undefined) {
      advance(context, { jobId, batch }, "failed", { reason: `it is ${is}` });
    }
    return;
  }
  switch (status) {
    case "claimed":
      advance(context, { jobId, batch }, "claimed", { deadline: timestamp });
      return;
    case "submitted":
      advance(context, { jobId, batch }, "submitted", { resultRoot });
      advance(context, { jobId, batch }, "answered");
      store.setSettleableAt(jobId, batch, timestamp + terms.challengeWindowSeconds);
      return;
    case "questioned":
      advance(context, { jobId, batch }, "submitted", { resultRoot });
      advance(context, { jobId, batch }, "questioned");
      store.setSettleableAt(jobId, batch, undefined);
      steps.ensure({ step: "answer", jobId, batch });
      return;
    case "settled":
      advance(context, { jobId, batch }, "settled");
      return;
  }
}

/**
 * Puts the batches that a reorganisation may have moved where the chain says that they are, backward too. Transactions of ours that it
 * has undone come to their end before: until then the chain does not say the last of it.
 */
export async function reconcileDoubtful(context: Parts, signal: AbortSignal): Promise<void> {
  const { client, report, steps, store } = context;
  if (store.batchesInDoubt().length === 0) return;
  await client.endTransactions({ signal });
  for (const record of store.batchesInDoubt()) {
    const { jobId, batch, state: from } = record;
    const blockNumber = await client.public.getBlockNumber({ cacheTime: 0 });
    const [state] = await client.getBatches({ jobId, first: batch, count: 1, blockNumber, signal });
    if (state === undefined) continue;
    const to = stateOnChain(context, record, state);
    const reason = to === "failed" ? { reason: "a reorganisation undid its claim" } : {};
    store.atomically(() => {
      store.placeBatch(record, to, { block: blockNumber, ...reason });
      steps.follow(jobId, batch);
    });
    if (to !== from) report("batch moved back", { jobId, batch, from, to });
    // Deadlines and windows, and going forward, are as at any other time.
    if (to !== "failed") await reconcileBatch(context, record, signal);
  }
}

const ENDED = new Set<OwnBatchState>(["released", "expired", "failed"]);

/** The furthest state of ours that agrees with the chain, and is no further than where we were. */
function stateOnChain(
  { account }: Parts,
  { state, resultRoot, results }: BatchRecord,
  { status, worker }: BatchState,
): OwnBatchState {
  if (status === "open" || status === "void" || !isAddressEqual(worker, account)) {
    return ENDED.has(state) ? state : "failed";
  }
  const isSettled = state === "settled" || state === "withdrawn";
  if (status === "claimed") {
    // The results of a settled batch are forgotten.
    if (isSettled || ENDED.has(state)) return "claimed";
    const isStored = resultRoot !== undefined && results !== undefined;
    if (state === "submitted" || state === "disputed") return isStored ? "stored" : "claimed";
    return state;
  }
  if (status === "settled") return ENDED.has(state) ? "settled" : state;
  return isSettled || ENDED.has(state) ? "submitted" : state;
}
