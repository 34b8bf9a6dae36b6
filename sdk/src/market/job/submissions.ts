import type { AbortOptions } from "../../concurrency/abortOptions.ts";
import { UnsupportedCidError } from "../../protocol/errors/content.ts";
import { batchCount } from "../../protocol/job/batches.ts";
import type { JobId } from "../../protocol/job/job.ts";
import { type BatchState, getBatches } from "../actions/read/getBatches.ts";
import type { PostedJob } from "../actions/read/getPostedJobs.ts";
import { type Submission, stands, toSubmission } from "../actions/read/getSubmission.ts";
import { type MarketLog, readLogs } from "../chain/logs.ts";
import type { MarketContext } from "../context/marketContext.ts";
import { ResultError } from "../errors/job.ts";
import { watchBlocks } from "./blocks.ts";
import { allLost, isClaimingOver, type LostBatches } from "./lost.ts";
import type { Finality } from "./results.ts";

export type FoundBatch =
  | ({ found: "submission"; batch: number } & Submission)
  /** It is submitted, with a manifest that nobody can fetch. */
  | { found: "failure"; failure: ResultError }
  /** The last thing found, if anything is missing. */
  | ({ found: "lost" } & LostBatches);

/**
 * Follows a job on the chain and yields each of its batches once, when it is submitted or when it is settled, checked against the
 * chain's state. Batches that lose their worker and are claimed again come when they are submitted, or settled, at last. It ends when
 * every batch has come, or none of those that are left can.
 */
export async function* watchSubmissions(
  client: MarketContext,
  job: PostedJob,
  { finality, signal }: AbortOptions & { finality: Finality },
): AsyncGenerator<FoundBatch, void, undefined> {
  const { jobId, terms } = job;
  const count = batchCount(terms);
  const waitingFor = new Set(Array(count).keys());
  // A batch can be submitted more than once in a job's life: the last one is the one that may stand.
  const latest = new Map<number, MarketLog<"BatchSubmitted">>();
  let fromBlock = job.blockNumber;
  let cancelled = false;
  const at = (blockNumber: bigint) => ({ jobId, blockNumber, signal });

  for await (const block of watchBlocks(client, { signal })) {
    if (block.reorganised) {
      // What was read may be undone, and something else may be where nothing was.
      fromBlock = job.blockNumber;
      cancelled = false;
      latest.clear();
    }
    const events = ["BatchSubmitted", "BatchSettled", "JobCancelled"] as const;
    const range = { fromBlock, toBlock: block.number, signal };
    const due = new Set<number>();
    for await (const log of readLogs(client, { events, job: jobId }, range)) {
      if (log.eventName === "JobCancelled") cancelled = true;
      else if (waitingFor.has(log.args.batch)) {
        if (log.eventName === "BatchSubmitted") latest.set(log.args.batch, log);
        if ((log.eventName === "BatchSettled") === (finality === "settled")) {
          due.add(log.args.batch);
        }
      }
    }
    for await (const state of readStates(client, [...due], at(block.number))) {
      const log = latest.get(state.batch);
      if (log === undefined || !stands(log, state)) continue;
      waitingFor.delete(state.batch);
      latest.delete(state.batch);
      yield toFound(log);
    }
    fromBlock = block.number + 1n;
    if (waitingFor.size === 0) return;

    const claiming = { terms, cancelled, timestamp: block.timestamp };
    if (!isClaimingOver(claiming)) continue;
    const states = await getBatches(client, { ...at(block.number), count });
    const left = states.filter(({ batch }) => waitingFor.has(batch));
    const lost = allLost(left, claiming);
    if (lost !== undefined) {
      yield { found: "lost", ...lost };
      return;
    }
  }
}

function toFound(log: MarketLog<"BatchSubmitted">): FoundBatch {
  const { batch, worker } = log.args;
  try {
    return { found: "submission", batch, ...toSubmission(log) };
  } catch (error) {
    if (!(error instanceof UnsupportedCidError)) throw error;
    const place = { batch, worker, cid: undefined, position: undefined };
    return { found: "failure", failure: new ResultError(place, error) };
  }
}

/** Batches read at a time. */
const PAGE = 1000;

/** Where some of a job's batches stand, with one call for all those that are near each other. */
async function* readStates(
  client: MarketContext,
  batches: number[],
  at: { jobId: JobId; blockNumber: bigint } & AbortOptions,
): AsyncGenerator<BatchState, void, undefined> {
  let known = -1;
  for (const first of batches.toSorted((a, b) => a - b)) {
    if (first <= known) continue;
    known = first + PAGE - 1;
    const near = batches.filter((batch) => batch >= first && batch <= known);
    const count = Math.max(...near) - first + 1;
    const states = await getBatches(client, { ...at, first, count });
    yield* near.flatMap((batch) => states[batch - first] ?? []);
  }
}

/** The same by batch: each waits for those before it, until it is known which will never come. */
export async function* inOrder(
  batches: AsyncIterable<FoundBatch>,
): AsyncGenerator<FoundBatch, void, undefined> {
  const held = new Map<number, FoundBatch>();
  const lost: FoundBatch[] = [];
  let next = 0;
  for await (const item of batches) {
    if (item.found === "lost") lost.push(item);
    else held.set(item.found === "failure" ? item.failure.batch : item.batch, item);
    for (let due = held.get(next); due !== undefined; due = held.get(next)) {
      held.delete(next++);
      yield due;
    }
  }
  for (const [, item] of [...held].toSorted(([a], [b]) => a - b)) yield item;
  yield* lost;
}
