import { abortable } from "../../../concurrency/abortable.ts";
import type { AbortOptions } from "../../../concurrency/abortOptions.ts";
import { mapConcurrently } from "../../../concurrency/mapConcurrently.ts";
import type { JobId } from "../../../protocol/job/job.ts";
import { type BlockRange, partsBackwards } from "../../chain/backwards.ts";
import { logRangeSize } from "../../chain/logRange.ts";
import type { MarketContext } from "../../context/marketContext.ts";
import { MarketplaceNotFoundError } from "../../errors/deployment.ts";
import { JobNotFoundError } from "../../errors/market.ts";
import { getJob } from "./getJob.ts";
import { getPostedJobs, type PostedJob } from "./getPostedJobs.ts";

/** Ranges of blocks looked through at a time. */
const CONCURRENT_RANGES = 4;

/**
 * Finds a job's posting. A job that is not there is found out by one read. Else the block is narrowed down by the chain's state where the
 * endpoint has that of old blocks, and what is left is looked through from its newest block on.
 *
 * @throws {@link JobNotFoundError}
 */
export async function findJob(
  client: MarketContext,
  { jobId, fromBlock, signal }: { jobId: JobId; fromBlock: bigint } & AbortOptions,
): Promise<PostedJob> {
  const toBlock = await abortable(client.public.getBlockNumber({ cacheTime: 0 }), signal);
  const { status } = await getJob(client, { jobId, signal });
  if (status === "none") throw new JobNotFoundError(jobId);
  const whole = { fromBlock, toBlock };
  const narrow = await narrowed(client, jobId, whole, signal);
  // An endpoint that says wrong things about old blocks must not hide a job.
  const rest = [
    narrow,
    { fromBlock: narrow.toBlock + 1n, toBlock },
    { fromBlock, toBlock: narrow.fromBlock - 1n },
  ];
  for (const range of rest) {
    const job = await lookThrough(client, jobId, range, signal);
    if (job !== undefined) return job;
  }
  throw new JobNotFoundError(jobId);
}

/** Halves the range as often as it helps: before its posting a job has no status. */
async function narrowed(
  client: MarketContext,
  jobId: JobId,
  { fromBlock, toBlock }: BlockRange,
  signal: AbortSignal | undefined,
): Promise<BlockRange> {
  const size = logRangeSize(client.public);
  while (toBlock - fromBlock >= size.blocks) {
    const middle = (fromBlock + toBlock) / 2n;
    const isPosted = await isPostedAt(client, jobId, middle, signal);
    if (isPosted === undefined) break;
    if (isPosted) toBlock = middle;
    else fromBlock = middle + 1n;
  }
  return { fromBlock, toBlock };
}

/** `undefined` when the endpoint does not have the state of that block. */
async function isPostedAt(
  client: MarketContext,
  jobId: JobId,
  blockNumber: bigint,
  signal: AbortSignal | undefined,
): Promise<boolean | undefined> {
  try {
    return (await getJob(client, { jobId, blockNumber, signal })).status !== "none";
  } catch (error) {
    signal?.throwIfAborted();
    return error instanceof MarketplaceNotFoundError ? false : undefined;
  }
}

async function lookThrough(
  client: MarketContext,
  jobId: JobId,
  range: BlockRange,
  signal: AbortSignal | undefined,
): Promise<PostedJob | undefined> {
  const look = (part: BlockRange, stop: AbortSignal) =>
    getPostedJobs(client, { jobId, ...part, signal: stop });
  const parts = partsBackwards(client, range);
  for await (const [job] of mapConcurrently(parts, CONCURRENT_RANGES, look, { signal })) {
    if (job !== undefined) return job;
  }
  return undefined;
}
