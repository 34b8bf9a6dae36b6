import type { Runner } from "@assay/runners";
import type { AbortOptions } from "@assay/sdk";
import { TaskFailedError } from "../../../shared/src/programs/taskFailedError.ts";
import type { Detections } from "../tiles/detection.ts";
import type { FireJob } from "./job.ts";

/**
 * Runs all tasks of a job wherever the runner does, and collects their results.
 * @throws {@link TaskFailedError} when a task ends without a result.
 */
export async function runOnRunner(
  job: FireJob,
  { runner, signal }: { runner: Runner } & AbortOptions,
): Promise<Detections> {
  const { program, limits } = job;
  for await (const result of runner.run({ program, inputs: job.inputs(), limits, signal })) {
    const { position, outcome } = result;
    if (outcome !== "ok") throw new TaskFailedError(`Task ${position}`, outcome);
    job.collect(position, result.bytes);
  }
  return job.finish();
}
