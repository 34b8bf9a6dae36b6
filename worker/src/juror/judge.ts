import { AssayError, Ground, Ruling, UnsupportedCidError } from "@assay/sdk";
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
 * @returns `missing` when the result was looked for and nobody gave it; `undefined` when it could not be found out this time, for a
 * reason that may be this machine's.
 */
export async function judge(
  context: PipelineContext,
  { dispute, leaf }: DisputeRecord,
  signal: AbortSignal,
): Promise<Ruling | "missing" | undefined> {
  const { client, content, store } = context;
  const { batch, ground, job: jobId, position } = dispute;
  const entry = entryOfLeaf(leaf);
  // Nobody can fetch, or have computed, what is no result at all.
  if (entry === undefined) return Ruling.workerWrong;
  const limitMs = ground === Ground.unavailable ? SEEK_MS : RUN_MS;
  const limited = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
  try {
    const fromBlock = store.job(jobId)?.block;
    const submission = client.getSubmission({ jobId, batch, fromBlock, signal: limited });
    // Who has a batch's manifest has its results: nobody else is known to.
    const reader = resultReader(content, await submission.then(({ results }) => results, ifNoCid));
    switch (ground) {
      case Ground.wrongResult: {
        const right = await isRight(context, { jobId, position, entry }, reader, {
          signal: limited,
        });
        return right ? Ruling.workerRight : Ruling.workerWrong;
      }
      case Ground.unavailable:
        return (await isAvailable(reader, entry, limited)) ? Ruling.workerRight : "missing";
      default:
        return Ruling.undecided;
    }
  } catch (error) {
    if (error instanceof AssayError || limited.aborted) return undefined;
    throw error;
  }
}

/** A worker may have submitted what is no CID, and is wrong or right all the same. */
function ifNoCid(error: unknown): undefined {
  if (error instanceof UnsupportedCidError) return undefined;
  throw error;
}
