import { abortable } from "../../concurrency/abortable.ts";
import type { AbortOptions } from "../../concurrency/abortOptions.ts";
import { mapConcurrently } from "../../concurrency/mapConcurrently.ts";
import { getJob } from "../actions/read/getJob.ts";
import { type EventPlace, toMarketEvent } from "../actions/read/getMarketEvents.ts";
import type { PostedJob } from "../actions/read/getPostedJobs.ts";
import { partsBackwards } from "../chain/backwards.ts";
import { readLogs } from "../chain/logs.ts";
import type { MarketContext } from "../context/marketContext.ts";
import type { ChainDataError } from "../errors/market.ts";
import { fitting, type JobFilter } from "../watch/watchJobs.ts";
import { isClaimingOver } from "./lost.ts";

export interface ListJobsParameters extends AbortOptions, JobFilter {
  /** `open`: a batch of it can be claimed now. `closed`: none can. Default: both. */
  state?: "open" | "closed" | undefined;
  /** Default: the block of the Marketplace's deployment. */
  fromBlock?: bigint | undefined;
  /** Included. Default: the latest. To go on where a list has ended: the last job's block, less one. */
  toBlock?: bigint | undefined;
  /** Most jobs. Default: no limit. */
  limit?: number | undefined;
}

/** A posted job, where its posting is, and where it stands. */
export interface ListedJob extends PostedJob, EventPlace {
  status: "posted" | "cancelled";
  /** Tasks in batches that nobody has claimed. */
  openTasks: number;
  /** Whether a batch of it can be claimed now. */
  isOpen: boolean;
}

export type ListJobsReturnType = AsyncGenerator<ListedJob, void, undefined>;

export type ListJobsErrorType = ChainDataError;

/** Jobs looked up at a time. */
const CONCURRENT_JOBS = 8;

/**
 * The jobs that were posted, the newest first. Ranges of blocks are read as far as the list is: whoever stops reading stops the search.
 *
 * @throws {@link WrongChainError} {@link MarketplaceNotFoundError} {@link MarketplaceMismatchError}
 */
export async function* listJobs(
  client: MarketContext,
  { state, limit = Number.POSITIVE_INFINITY, ...parameters }: ListJobsParameters = {},
): ListJobsReturnType {
  if (limit < 1) return;
  const { signal } = parameters;
  const { number: latest, timestamp } = await abortable(client.public.getBlock(), signal);
  const { fromBlock = client.deployedAt, toBlock = latest } = parameters;
  const isPast = toBlock < latest;
  const range = { fromBlock, toBlock: isPast ? toBlock : latest };
  const posted = postedBackwards(client, { ...parameters, ...range });
  const look = async (job: PostedJob & EventPlace, stop: AbortSignal) => {
    const read = await getJob(client, { jobId: job.jobId, signal: stop });
    const { openTasks } = read;
    const cancelled = read.status === "cancelled";
    const isOver = isClaimingOver({ terms: job.terms, cancelled, timestamp });
    const status: ListedJob["status"] = cancelled ? "cancelled" : "posted";
    return { ...job, status, openTasks, isOpen: openTasks > 0 && !isOver };
  };
  let left = limit;
  // Part by part: looking ahead for more jobs would search the chain for some that nobody asked for.
  for await (const part of posted) {
    for await (const job of mapConcurrently(part, CONCURRENT_JOBS, look, { signal })) {
      if (state !== undefined && job.isOpen !== (state === "open")) continue;
      yield job;
      if (--left <= 0) return;
    }
  }
}

/** The jobs of each part of the range, those of a part the newest first. */
async function* postedBackwards(
  client: MarketContext,
  {
    requester,
    arbiter,
    token,
    program,
    signal,
    ...range
  }: JobFilter & AbortOptions & { fromBlock: bigint; toBlock: bigint },
): AsyncGenerator<(PostedJob & EventPlace)[], void, undefined> {
  const fits = fitting({ arbiter, token, program });
  for (const part of partsBackwards(client, range)) {
    const found: (PostedJob & EventPlace)[] = [];
    const filter = { events: ["JobPosted"], requester } as const;
    for await (const log of readLogs(client, filter, { ...part, signal })) {
      const event = toMarketEvent(log);
      if (event?.type !== "jobPosted" || !fits(event)) continue;
      const { type: _, ...job } = event;
      found.push(job);
    }
    yield found.toReversed();
  }
}
