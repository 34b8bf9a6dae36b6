import { BatchNotSubmittedError, Ground, Outcome, Ruling, UnsupportedCidError } from "@assay/sdk";
import { keepingFor } from "../../blocks/keptFor.ts";
import { isAvailable, resultReader } from "../../disputes/evidence/fetchResult.ts";
import { entryOfLeaf } from "../../disputes/evidence/leafEntry.ts";
import { rulingOn } from "../../disputes/evidence/rulingOn.ts";
import type { NodeContext } from "../../kernel/context.ts";
import type { DisputeRecord } from "../../store/disputeStore.ts";

/** How long one attempt may take to fetch a task's program and input and to run it, in milliseconds… */
const RUN_MS = 60_000;
/** …and one to fetch a result. */
const SEEK_MS = 15_000;

/**
 * Finds out who is right, by doing once what the dispute is about: running the task, or fetching the result. A result that was found is
 * given to the other jurors, who may look for it in vain.
 * @returns `missing` when the result was looked for and nobody gave it.
 *
 * @throws whatever kept this machine from finding out this time.
 */
export async function judge(
  context: NodeContext,
  record: DisputeRecord,
  signal: AbortSignal,
): Promise<Ruling | "missing"> {
  const { client, content, store } = context;
  const { dispute, leaf } = record;
  const { batch, ground, job: jobId } = dispute;
  const job = store.job(jobId);
  if (job === undefined) return Ruling.undecided; // nobody can fetch what it is about
  const limitMs = ground === Ground.unavailable ? SEEK_MS : RUN_MS;
  const limited = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
  const submission = client.getSubmission({ jobId, batch, fromBlock: job.block, signal: limited });
  // Who has a batch's manifest has its results: nobody else is known to.
  const reader = resultReader(content, await submission.then(({ results }) => results, ifNone));
  switch (ground) {
    case Ground.wrongResult:
      return keepingFor(jobId, () => rulingOn(context, record, reader, limited));
    case Ground.unavailable: {
      const entry = entryOfLeaf(leaf);
      if (entry === undefined || entry.outcome !== Outcome.ok) return Ruling.workerWrong; // no CID that anybody can fetch
      const found = await keepingFor(jobId, () => isAvailable(reader, entry, limited));
      if (!found) {
        signal.throwIfAborted(); // it was not looked for to the end
        return "missing";
      }
      await content.provide(entry.cid, { signal }).catch(() => signal.throwIfAborted());
      return Ruling.workerRight;
    }
    default:
      return Ruling.undecided;
  }
}

/** A worker may have submitted what is no CID, or have lost the batch on another question: that is no reason not to judge. */
function ifNone(error: unknown): undefined {
  if (error instanceof UnsupportedCidError || error instanceof BatchNotSubmittedError) return;
  throw error;
}
