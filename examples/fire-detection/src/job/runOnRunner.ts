import type { Runner } from "@assay/runners";
import type { AbortOptions } from "@assay/sdk";
import { collectFrom } from "../../../shared/src/runners/collectFrom.ts";
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
  await collectFrom(runner, job, { signal });
  return job.finish();
}
