import { Ground, Ruling, UnsupportedCidError } from "@assay/sdk";
import { isAvailable, resultReader } from "../disputes/fetchResult.ts";
import { entryOfLeaf } from "../disputes/leafEntry.ts";
import { isRight } from "../disputes/recompute.ts";
import type { PipelineContext } from "../pipeline/context.ts";
import type { DisputeRecord } from "../store/disputeStore.ts";

/** How long one attempt may take to fetch a task's program and input and to run it, in milliseconds… */
const RUN_MS = 60_000;
/** …and one to fetch a result. */
const SEEK_MS = 15_000;

/**
 * Finds out who is right, by doing once what the dispute is about: running the task, or fetching the result.
 * @returns `missing` when the result was looked for and nobody gave it.
 *
 * @throws whatever kept this machine from finding out this time.
 */
export async function judge(
  context: PipelineContext,
  { dispute, leaf }: DisputeRecord,
  signal: AbortSignal,
): Promise<Ruling | "missing"> {
  const { client, content, store } = context;
  const { batch, ground, job: jobId, position } = dispute;
  const entry = entryOfLeaf(leaf);
  // Nobody can fetch, or have computed, what is no result at all.
  if (entry === undefined) return Ruling.workerWrong;
  const limitMs = ground === Ground.unavailable ? SEEK_MS : RUN_MS;
  const limited = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
  const fromBlock = store.job(jobId)?.block;
  const submission = client.getSubmission({ jobId, batch, fromBlock, signal: limited });
  // Who has a batch's manifest has its results: nobody else is known to.
  const reader = resultReader(content, await submission.then(({ results }) => results, ifNoCid));
  switch (ground) {
    case Ground.wrongResult: {
      const task = { jobId, position, entry };
      const right = await isRight(context, task, reader, { signal: limited });
      return right ? Ruling.workerRight : Ruling.workerWrong;
    }
    case Ground.unavailable: {
      if (await isAvailable(reader, entry, limited)) return Ruling.workerRight;
      signal.throwIfAborted(); // it was not looked for to the end
      return "missing";
    }
    default:
      return Ruling.undecided;
  }
}

/** A worker may have submitted what is no CID, and is wrong or right all the same. */
function ifNoCid(error: unknown): undefined {
  if (error instanceof UnsupportedCidError) return undefined;
  throw error;
}
