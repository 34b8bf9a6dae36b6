import {
  AssayError,
  fromChainCid,
  Ground,
  getBytes,
  isResultOf,
  Outcome,
  type ResultEntry,
  type ResultLeaf,
  Ruling,
} from "@assay/sdk";
import { NodeTroubleError } from "../executor/errors.ts";
import type { PipelineContext } from "../pipeline/context.ts";
import { fetchInput } from "../pipeline/prepareJob.ts";
import type { DisputeRecord } from "../store/disputeStore.ts";

/** How long contents are looked for before they count as not to be had, in milliseconds. */
const FETCH_MS = 60_000;

/**
 * Finds out who is right, by doing what the dispute is about. What cannot be found out is undecided.
 *
 * @throws NodeTroubleError when this machine could not do it now.
 */
export async function judge(
  context: PipelineContext,
  { dispute, leaf }: DisputeRecord,
  signal: AbortSignal,
): Promise<Ruling> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(FETCH_MS)]);
  const entry = toEntry(leaf);
  // Nobody can fetch, or have computed, what is no result at all.
  if (entry === undefined) return Ruling.workerWrong;
  try {
    switch (dispute.ground) {
      case Ground.wrongResult:
        return (await isRight(context, dispute, entry, limited))
          ? Ruling.workerRight
          : Ruling.workerWrong;
      case Ground.unavailable:
        return (await isThere(context, dispute, entry, limited))
          ? Ruling.workerRight
          : Ruling.workerWrong;
      default:
        return Ruling.undecided;
    }
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof NodeTroubleError) throw error;
    if (error instanceof AssayError || limited.aborted) return Ruling.undecided;
    throw error;
  }
}

async function isRight(
  context: PipelineContext,
  dispute: DisputeRecord["dispute"],
  entry: ResultEntry,
  signal: AbortSignal,
): Promise<boolean> {
  const { content, executor, jobs, store } = context;
  const known = store.job(dispute.job);
  if (known === undefined) throw new TypeError("disputes of unknown jobs are not kept");
  const job = await jobs.get(known, signal);
  const { program, spec } = job;
  const { position } = dispute;
  for await (const input of job.inputs.entries({ first: position, count: 1, signal })) {
    const execution = await executor.run({
      ...{ program, maxResultBytes: spec.maxResultBytes, signal },
      input: await fetchInput(context, job, input, signal),
    });
    const reader = content.session(spec.manifest);
    return isResultOf(reader, entry, execution, { signal });
  }
  throw new RangeError(`the job has no task ${position}`);
}

async function isThere(
  { content, store }: PipelineContext,
  dispute: DisputeRecord["dispute"],
  entry: ResultEntry,
  signal: AbortSignal,
): Promise<boolean> {
  if (entry.outcome !== Outcome.ok) return true;
  const { cid, byteLength } = entry;
  const maxBytes = store.job(dispute.job)?.spec.maxResultBytes ?? byteLength;
  try {
    await getBytes(content.session(cid), cid, { byteLength, maxBytes, signal });
    return true;
  } catch (error) {
    // Not found, not as long as was said, or another content: it is not there as it was promised.
    if (error instanceof AssayError || signal.aborted) return false;
    throw error;
  }
}

function toEntry({ outcome, cid, byteLength }: ResultLeaf): ResultEntry | undefined {
  if (outcome === Outcome.trap || outcome === Outcome.overLimit) return { outcome };
  if (outcome !== Outcome.ok) return undefined;
  try {
    return { outcome, cid: fromChainCid(cid), byteLength };
  } catch {
    return undefined; // no CID that Assay admits
  }
}
