import { abortable } from "../../concurrency/abortable.ts";
import type { AbortOptions } from "../../concurrency/abortOptions.ts";
import type { JobId } from "../../protocol/job/job.ts";
import { getPostedJobs } from "../actions/read/getPostedJobs.ts";
import type { MarketContext } from "../context/marketContext.ts";
import { JobNotFoundError } from "../errors/market.ts";
import { createJobHandle, type JobHandle } from "./handle.ts";

export interface OpenJobParameters extends AbortOptions {
  jobId: JobId;
  /** Where to begin to look for its posting. Default: the block of the Marketplace's deployment. */
  fromBlock?: bigint | undefined;
}

export type OpenJobReturnType = JobHandle;

export type OpenJobErrorType = JobNotFoundError;

/**
 * The handle of a job that was posted earlier, by this process or another.
 *
 * @throws {@link JobNotFoundError}
 */
export async function openJob(
  client: MarketContext,
  { jobId, fromBlock = client.deployedAt, signal }: OpenJobParameters,
): Promise<OpenJobReturnType> {
  const toBlock = await abortable(client.public.getBlockNumber({ cacheTime: 0 }), signal);
  const [job] = await getPostedJobs(client, { jobId, fromBlock, toBlock, signal });
  if (job === undefined) throw new JobNotFoundError(jobId);
  return createJobHandle(client, job);
}
