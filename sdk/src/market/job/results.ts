import type { CID } from "multiformats/cid";
import type { Address } from "viem";
import type { AbortOptions } from "../../concurrency/abortOptions.ts";
import { mapConcurrently } from "../../concurrency/mapConcurrently.ts";
import { mergeConcurrently } from "../../concurrency/mergeConcurrently.ts";
import type { BlockReader } from "../../protocol/content/content.ts";
import { getBytes } from "../../protocol/content/getBytes.ts";
import { timedReader } from "../../protocol/content/timedReader.ts";
import { batchRange } from "../../protocol/job/batches.ts";
import { Outcome, type ResultEntry } from "../../protocol/job/job.ts";
import { openResultManifest } from "../../protocol/manifest/read.ts";
import type { PostedJob } from "../actions/read/getPostedJobs.ts";
import type { Submission } from "../actions/read/getSubmission.ts";
import type { MarketContext } from "../context/marketContext.ts";
import { requireContent } from "../context/requireContent.ts";
import { JobIncompleteError, ResultError } from "../errors/job.ts";
import type { LostBatches } from "./lost.ts";
import { type FoundBatch, inOrder, watchSubmissions } from "./submissions.ts";

/** The outcome of one task. */
export type TaskResult = {
  /** Of the task in the job. */
  position: number;
  batch: number;
  /** Who computed it, and is liable for it. */
  worker: Address;
} & (
  | { outcome: typeof Outcome.ok; bytes: Uint8Array; cid: CID }
  | { outcome: typeof Outcome.trap | typeof Outcome.overLimit }
);

/** When a batch's results count: once its worker has committed to them, or once nobody can put them in question any more. */
export type Finality = "submitted" | "settled";

export interface ResultsOptions extends AbortOptions {
  /**
   * Default: `submitted`, results as soon as they are there. They are what the worker committed to, and may be wrong: a challenge can
   * still overturn them, and what another worker then submits instead is not yielded. `settled` waits for the end of
   * every question, and yields what was paid for.
   */
  finality?: Finality | undefined;
  /** Yield by position, so that a batch waits for all before it. Default: as they come. */
  ordered?: boolean | undefined;
  /** How long to look for one block, in milliseconds, before its result counts as unavailable. Default: 60,000. */
  fetchTimeoutMs?: number | undefined;
  /** Called at once for every result that is not available, so that the caller can still react. */
  onFailure?: ((failure: ResultError) => void) | undefined;
}

/** Batches whose results are fetched at a time, and results of each. */
const CONCURRENT_BATCHES = 4;
const CONCURRENT_RESULTS = 8;

/**
 * The verified results of a job, each position once. Every result hashes to its CID, is no longer than the spec allows, and
 * stands with position, outcome, CID and length under the root that its worker committed to on chain.
 *
 * A result that cannot be fetched or verified does not hold up the others: `onFailure` is told at once, everything else is
 * yielded, and then {@link JobIncompleteError} is thrown with all failures. The same error comes at the end when batches
 * are missing that nobody can submit any more. A reorganisation does not take back what was yielded.
 */
export async function* jobResults(
  client: MarketContext,
  job: PostedJob,
  {
    finality = "submitted",
    ordered = false,
    fetchTimeoutMs = 60_000,
    onFailure,
    signal,
  }: ResultsOptions = {},
): AsyncGenerator<TaskResult, void, undefined> {
  const content = requireContent(client, "results");
  const failures: ResultError[] = [];
  let lost: LostBatches | undefined;

  async function* open(item: FoundBatch, stop: AbortSignal) {
    if (item.found === "lost") lost = item;
    else if (item.found === "failure") yield item.failure;
    else {
      const reader = timedReader(content.session(item.results), fetchTimeoutMs);
      yield* batchResults(reader, job, item, stop);
    }
  }
  const source = (stop: AbortSignal) => {
    const batches = watchSubmissions(client, job, { finality, signal: stop });
    return ordered ? inOrder(batches) : batches;
  };
  const parts = mergeConcurrently(source, ordered ? 1 : CONCURRENT_BATCHES, open, { signal });
  for await (const part of parts) {
    if (part instanceof ResultError) {
      failures.push(part);
      onFailure?.(part);
    } else {
      yield part;
    }
  }
  if (lost !== undefined || failures.length > 0) {
    throw new JobIncompleteError(lost?.code ?? "RESULTS_FAILED", {
      jobId: job.jobId,
      missingBatches: lost?.batches ?? [],
      failures,
    });
  }
}

/** The results of one batch by position. A missing result is yielded as its error. */
async function* batchResults(
  reader: BlockReader,
  { terms, spec }: PostedJob,
  { batch, worker, resultRoot, results }: Submission & { batch: number },
  signal: AbortSignal,
): AsyncGenerator<TaskResult | ResultError, void, undefined> {
  const range = batchRange(terms, batch);

  async function fetchResult(
    entry: ResultEntry & { position: number },
    stop: AbortSignal,
  ): Promise<TaskResult | ResultError> {
    const { position } = entry;
    const task = { position, batch, worker };
    const { outcome } = entry;
    if (outcome !== Outcome.ok) return { ...task, outcome };
    const { cid, byteLength } = entry;
    try {
      const options = { byteLength, maxBytes: spec.maxResultBytes, signal: stop };
      return { ...task, outcome, bytes: await getBytes(reader, cid, options), cid };
    } catch (error) {
      stop.throwIfAborted();
      return new ResultError({ batch, worker, cid, position }, error);
    }
  }

  try {
    const expected = { cid: results, root: resultRoot, worker, ...range, signal };
    const manifest = await openResultManifest(reader, expected);
    yield* mapConcurrently(manifest.entries({ signal }), CONCURRENT_RESULTS, fetchResult, {
      signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    yield new ResultError({ batch, worker, cid: results, position: undefined }, error);
  }
}
