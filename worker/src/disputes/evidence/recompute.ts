import { type Execution, entryOf, type JobId, resultLeaf } from "@assay/sdk";
import { bytesToHex, type Hex } from "viem";
import { fetchInput } from "../../jobs/prepareJob.ts";
import type { NodeContext } from "../../kernel/context.ts";

/**
 * Runs a task again.
 * @param onRun - called with the milliseconds that the task took.
 *
 * @throws an AssayError if a content is not available, NodeTroubleError if this machine could not run the task now.
 */
export async function recompute(
  context: NodeContext,
  { jobId, position }: { jobId: JobId; position: number },
  { onRun, signal }: { onRun?: (tookMs: number) => void; signal: AbortSignal },
): Promise<Execution> {
  const { executor, jobs, store } = context;
  const known = store.job(jobId);
  if (known === undefined) throw new TypeError("a job that nobody can fetch is not computed");
  const job = await jobs.get(known, signal);
  const { program, spec } = job;
  for await (const input of job.inputs.entries({ first: position, count: 1, signal })) {
    const execution = await executor.run({
      program,
      signal,
      maxResultBytes: spec.maxResultBytes,
      maxSteps: spec.maxSteps,
      input: await fetchInput(context, job, input, signal),
    });
    onRun?.(execution.elapsedMs);
    return execution;
  }
  throw new RangeError(`the job has no task ${position}`);
}

/** The hash of the leaf of a task with this result. A challenger of another leaf has to give it as the answer. */
export async function leafOf(position: number, execution: Execution): Promise<Hex> {
  return bytesToHex(resultLeaf(position, await entryOf(execution)));
}
