import type { Runner } from "@assay/runners";
import type { AbortOptions } from "@assay/sdk";
import { TaskFailedError } from "../programs/taskFailedError.ts";

/** What an example has computed, and where its results go. */
export interface CollectingJob {
  program: Uint8Array;
  limits: { memoryPages: number; maxResultBytes: number; maxSteps: bigint };
  inputs(): Iterable<Uint8Array>;
  collect(position: number, result: Uint8Array): unknown;
}

/**
 * Runs all tasks of a job wherever the runner does, and hands the job their results.
 * @throws {@link TaskFailedError} when a task ends without a result.
 */
export async function collectFrom(
  runner: Runner,
  job: CollectingJob,
  { signal }: AbortOptions = {},
): Promise<void> {
  const { program, limits } = job;
  for await (const result of runner.run({ program, inputs: job.inputs(), limits, signal })) {
    const { position, outcome } = result;
    if (outcome !== "ok") throw new TaskFailedError(`Task ${position}`, outcome);
    job.collect(position, result.bytes);
  }
}
