import { type Dispute, getBytes, type InputEntry, type JobSpec } from "@assay/sdk";
import type { Hex } from "viem";
import { fetchInput } from "../../../jobs/prepareJob.ts";
import type { NodeContext } from "../../../kernel/context.ts";
import type { DisputeRecord } from "../../../store/disputeStore.ts";
import { entryOfLeaf } from "../../evidence/leafEntry.ts";
import type { TracedTask } from "./trace/answer.ts";

/** Time limit for fetching a task's contents, in milliseconds. */
const FETCH_MS = 60_000;

/** What a game about a wrong result is played with. */
export interface DisputedTask {
  spec: JobSpec;
  input: InputEntry;
  /** The siblings of the input's leaf, from below. */
  inputProof: Hex[];
  task: TracedTask;
}

const limited = (signal: AbortSignal) => AbortSignal.any([signal, AbortSignal.timeout(FETCH_MS)]);

/**
 * Fetches the disputed task's program and input, unless they are at hand.
 *
 * @throws an AssayError if a content is not available, and the reason of the time limit if that takes too long.
 */
export async function gatherTask(
  context: NodeContext,
  { job: jobId, position }: Pick<Dispute, "job" | "position">,
  stop: AbortSignal,
): Promise<DisputedTask> {
  const { jobs, store } = context;
  const known = store.job(jobId);
  if (known === undefined) throw new TypeError("a party knows its dispute's job");
  const signal = limited(stop);
  const job = await jobs.get(known, signal);
  const { program, spec } = job;
  for await (const input of job.inputs.entries({ first: position, count: 1, signal })) {
    const bytes = await fetchInput(context, job, input, signal);
    return {
      ...{ spec, input },
      inputProof: await job.inputs.proof(position, { signal }),
      task: {
        ...{ instrumented: program.instrumented, maxSteps: spec.maxSteps },
        ...{ maxResultBytes: spec.maxResultBytes, input: { cid: String(input.cid), bytes } },
      },
    };
  }
  throw new RangeError(`the job has no task ${position}`);
}

/** The worker's result that is said to be unavailable. */
export async function gatherResult(
  { content }: Pick<NodeContext, "content">,
  { leaf }: Pick<DisputeRecord, "leaf">,
  stop: AbortSignal,
): Promise<Uint8Array> {
  const entry = entryOfLeaf(leaf);
  if (entry === undefined || !("cid" in entry)) {
    throw new TypeError("only what a task gives can be unavailable");
  }
  const { cid, byteLength } = entry;
  return getBytes(content, cid, { byteLength, maxBytes: byteLength, signal: limited(stop) });
}
