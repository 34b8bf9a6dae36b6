import type { AbortOptions } from "../../concurrency/abortOptions.ts";
import type { JobId } from "../../protocol/job/job.ts";
import { findJob } from "../actions/read/findJob.ts";
import type { MarketContext } from "../context/marketContext.ts";
import type { JobNotFoundError } from "../errors/market.ts";
import { createJobHandle, type JobHandle } from "./handle.ts";

export interface OpenJobParameters extends AbortOptions {
  jobId: JobId;
  /** Where to begin to look for its posting. Default: the block of the Marketplace's deployment. */
  fromBlock?: bigint | undefined;
}

export type OpenJobReturnType = JobHandle;

export type OpenJobErrorType = JobNotFoundError;

/**
 * The handle of a job that was posted earlier, by this process or another. On a long chain it takes some twenty calls of an endpoint that
 * has the state of old blocks, and of another one as many as it takes to look through the logs, the newest first.
 *
 * @throws {@link JobNotFoundError}
 */
export async function openJob(
  client: MarketContext,
  { jobId, fromBlock = client.deployedAt, signal }: OpenJobParameters,
): Promise<OpenJobReturnType> {
  return createJobHandle(client, await findJob(client, { jobId, fromBlock, signal }));
}
