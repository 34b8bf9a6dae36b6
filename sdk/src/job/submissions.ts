import { getBatches } from "../actions/getBatches.ts";
import type { PostedJob } from "../actions/getPostedJobs.ts";
import { getSubmission, type Submission } from "../actions/getSubmission.ts";
import { readLogs } from "../actions/logs.ts";
import type { MarketContext } from "../clients/marketContext.ts";
import type { AbortOptions } from "../content/content.ts";
import { UnsupportedCidError } from "../errors/content.ts";
import { ResultError } from "../errors/job.ts";
import { BatchNotSubmittedError } from "../errors/market.ts";
import { batchCount } from "./batches.ts";
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
 * Follows a job on the chain and yields each of its batches once, when it is submitted or when it is settled: in that order, each
 * checked against the chain's state. Batches that lose their worker and are claimed again come when they are submitted, or settled, at
 * last. It ends when every batch has come, or none of those that are left can.
 */
export async function* watchSubmissions(
  client: MarketContext,
  job: PostedJob,
  { finality, signal }: AbortOptions & { finality: Finality },
): AsyncGenerator<FoundBatch, void, undefined> {
  const { jobId, terms } = job;
  const count = batchCount(terms);
  const waitingFor = new Set(Array(count).keys());
  let fromBlock = job.blockNumber;
  let cancelled = false;
  /** Whether there may be batches that nobody can submit although others can be claimed. */
  let refunded = false;

  for await (const block of watchBlocks(client, { signal })) {
    if (block.reorganised) {
      // What was read may be undone, and something else may be where nothing was.
      fromBlock = job.blockNumber;
      cancelled = false;
      refunded = false;
    }
    const awaited = finality === "settled" ? "BatchSettled" : "BatchSubmitted";
    const events = [awaited, "JobCancelled", "BatchRefunded"] as const;
    const range = { fromBlock, toBlock: block.number, signal };
    for await (const log of readLogs(client, { events, job: jobId }, range)) {
      if (log.eventName === "JobCancelled") {
        cancelled = true;
        continue;
      }
      if (log.eventName === "BatchRefunded") {
        refunded = true;
        continue;
      }
      const { batch, worker } = log.args;
      if (!waitingFor.has(batch)) continue;
      try {
        const submission = await getSubmission(client, {
          ...{ jobId, batch, signal },
          fromBlock: finality === "settled" ? job.blockNumber : log.blockNumber,
        });
        waitingFor.delete(batch);
        yield { found: "submission", batch, ...submission };
      } catch (error) {
        // A reorganisation took it back between the two reads: the next block tells more.
        if (error instanceof BatchNotSubmittedError) continue;
        if (!(error instanceof UnsupportedCidError)) throw error;
        waitingFor.delete(batch);
        const place = { batch, worker, cid: undefined, position: undefined };
        yield { found: "failure", failure: new ResultError(place, error) };
      }
    }
    fromBlock = block.number + 1n;
    if (waitingFor.size === 0) return;

    const claiming = { terms, cancelled, timestamp: block.timestamp };
    if (!isClaimingOver(claiming) && !refunded) continue;
    const states = await getBatches(client, { jobId, count, blockNumber: block.number, signal });
    const left = states.filter(({ batch }) => waitingFor.has(batch));
    const lost = allLost(left, claiming);
    if (lost !== undefined) {
      yield { found: "lost", ...lost };
      return;
    }
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
