import type { CID } from "multiformats/cid";
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
import type { HandleOf, JobProgram, ResultOf } from "./typedJob.ts";

export type RunJobProgress =
  | SubmitJobProgress
  /** `verified` of `taskCount` results are here. */
  | { type: "resultVerified"; position: number; verified: number; taskCount: number };

export interface RunJobParameters<Program extends JobProgram = Uint8Array | CID>
  extends Omit<SubmitJobParameters<Program>, "onProgress">,
    Pick<ResultsOptions, "fetchTimeoutMs" | "finality" | "onFailure"> {
  onProgress?: ((progress: RunJobProgress) => void) | undefined;
}

export interface RunJobReturnType<Program extends JobProgram = Uint8Array | CID> {
  job: HandleOf<Program>;
  /** By position. */
  results: ResultOf<Program>[];
}

export type RunJobErrorType = SubmitJobErrorType | JobIncompleteError;

/**
 * Buys work and waits for all results. All of them are in memory at the end; `submitJob` and `results()` do the same as a stream.
 *
 * @throws {@link JobIncompleteError} when some are missing.
 */
export async function runJob<Program extends JobProgram>(
  client: MarketContext,
  parameters: RunJobParameters<Program>,
): Promise<RunJobReturnType<Program>> {
  const { fetchTimeoutMs, finality, onFailure, onProgress, signal } = parameters;
  const job = await submitJob(client, parameters);
  const { terms, results: read } = job as JobHandle;
  const results: TaskResult[] = [];
  for await (const result of read({ fetchTimeoutMs, finality, onFailure, signal })) {
    results.push(result);
    const { position } = result;
    const verified = results.length;
    onProgress?.({ type: "resultVerified", position, verified, taskCount: terms.taskCount });
  }
  const sorted = results.toSorted((a, b) => a.position - b.position);
  return { job, results: sorted as ResultOf<Program>[] };
}
