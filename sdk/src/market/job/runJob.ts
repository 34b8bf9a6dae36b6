import type { MarketContext } from "../context/marketContext.ts";
import type { JobIncompleteError } from "../errors/job.ts";
import type { JobHandle } from "./handle.ts";
import type { ResultsOptions, TaskResult } from "./results.ts";
import {
  type SubmitJobErrorType,
  type SubmitJobParameters,
  type SubmitJobProgress,
  submitJob,
} from "./submitJob.ts";

export type RunJobProgress =
  | SubmitJobProgress
  /** `verified` of `taskCount` results are here. */
  | { type: "resultVerified"; position: number; verified: number; taskCount: number };

export interface RunJobParameters
  extends Omit<SubmitJobParameters, "onProgress">,
    Pick<ResultsOptions, "fetchTimeoutMs" | "finality" | "onFailure"> {
  onProgress?: ((progress: RunJobProgress) => void) | undefined;
}

export interface RunJobReturnType {
  job: JobHandle;
  /** By position. */
  results: TaskResult[];
}

export type RunJobErrorType = SubmitJobErrorType | JobIncompleteError;

/**
 * Buys work and waits for all results. All of them are in memory at the end; `submitJob` and `results()` do the same as a stream.
 *
 * @throws {@link JobIncompleteError} when some are missing.
 */
export async function runJob(
  client: MarketContext,
  parameters: RunJobParameters,
): Promise<RunJobReturnType> {
  const { fetchTimeoutMs, finality, onFailure, onProgress, signal } = parameters;
  const job = await submitJob(client, parameters);
  const { taskCount } = job.terms;
  const results: TaskResult[] = [];
  for await (const result of job.results({ fetchTimeoutMs, finality, onFailure, signal })) {
    results.push(result);
    const { position } = result;
    onProgress?.({ type: "resultVerified", position, verified: results.length, taskCount });
  }
  return { job, results: results.toSorted((a, b) => a.position - b.position) };
}
