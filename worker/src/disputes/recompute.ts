import { type BlockReader, isResultOf, type JobId, type ResultEntry } from "@assay/sdk";
import type { PipelineContext } from "../pipeline/context.ts";
import { fetchInput } from "../pipeline/prepareJob.ts";

/**
 * Runs a task again and says whether it gives what its worker committed to.
 * @param reader - finds the worker's results: one that is named by another hash than blake3 has to be fetched to be compared.
 * @param onRun - told of the milliseconds that the task took.
 *
 * @throws an AssayError when something is not to be had, NodeTroubleError when this machine could not do it now.
 */
export async function isRight(
  context: PipelineContext,
  { jobId, position, entry }: { jobId: JobId; position: number; entry: ResultEntry },
  reader: BlockReader,
  { onRun, signal }: { onRun?: (tookMs: number) => void; signal: AbortSignal },
): Promise<boolean> {
  const { executor, jobs, store } = context;
  const known = store.job(jobId);
  if (known === undefined) throw new TypeError("disputes of unknown jobs are not kept");
  const job = await jobs.get(known, signal);
  const { program, spec } = job;
  for await (const input of job.inputs.entries({ first: position, count: 1, signal })) {
    const execution = await executor.run({
      ...{ program, signal },
      ...{ maxResultBytes: spec.maxResultBytes, maxSteps: spec.maxSteps },
      input: await fetchInput(context, job, input, signal),
    });
    onRun?.(execution.elapsedMs);
    return isResultOf(reader, entry, execution, { signal });
  }
  throw new RangeError(`the job has no task ${position}`);
}
