import type { CID } from "multiformats/cid";
import { type Address, isAddressEqual } from "viem";
import { type MarketEvent, toMarketEvent } from "../actions/read/getMarketEvents.ts";
import type { MarketContext } from "../context/marketContext.ts";
import { followLogs, type WatchOptions } from "./followLogs.ts";
import { callEach, type Unwatch } from "./watching.ts";

/** Which jobs: those that fit everything that is given. */
export interface JobFilter {
  requester?: Address | undefined;
  /** The zero address: jobs without an arbiter. */
  arbiter?: Address | undefined;
  /** The zero address: jobs that pay in the native coin. */
  token?: Address | undefined;
  program?: CID | undefined;
}

/** A job that was posted, and where; `removed` when a reorganisation has taken the posting back. */
export type WatchedJob = Extract<MarketEvent, { type: "jobPosted" }> & { removed: boolean };

export interface WatchJobsParameters extends WatchOptions, JobFilter {}

/** What calls back: called for each item, one after the other, and waited for. */
export interface WatchJobsCallback {
  onJob: (job: WatchedJob) => unknown;
}

export type WatchJobsReturnType = AsyncGenerator<WatchedJob, never, undefined>;

/** Thrown, or given to `onError`, when it cannot pass by itself. */
export type WatchJobsErrorType = Error;

/**
 * Watches jobs as they are posted. With `onJob` it returns a function that ends it; else an async iterator, which ends with its loop. Either
 * ends with `signal`, whose reason an iterator throws.
 *
 * Each job comes once, in the order of the chain, when its block has its confirmations. What a deeper reorganisation takes back, up to 128
 * blocks, comes again as `removed`. Every item says its block: see {@link WatchOptions} for how to go on later where one was.
 *
 * @throws {@link WrongChainError} {@link MarketplaceNotFoundError} {@link MarketplaceMismatchError}
 */
export function watchJobs(
  client: MarketContext,
  parameters: WatchJobsParameters & WatchJobsCallback,
): Unwatch;
export function watchJobs(
  client: MarketContext,
  parameters?: WatchJobsParameters & { onJob?: undefined },
): WatchJobsReturnType;
export function watchJobs(
  client: MarketContext,
  parameters: WatchJobsParameters & { onJob?: WatchJobsCallback["onJob"] | undefined } = {},
): Unwatch | WatchJobsReturnType {
  const { onJob, ...options } = parameters;
  if (onJob === undefined) return jobs(client, options);
  return callEach((signal) => jobs(client, { ...options, signal }), onJob, options);
}

async function* jobs(
  client: MarketContext,
  { requester, arbiter, token, program, ...options }: WatchOptions & JobFilter,
): AsyncGenerator<WatchedJob, never, undefined> {
  const fits = fitting({ arbiter, token, program });
  for await (const log of followLogs(client, { events: ["JobPosted"], requester }, options)) {
    const job = toMarketEvent(log);
    if (job?.type === "jobPosted" && fits(job)) yield { ...job, removed: log.removed };
  }
  throw new TypeError("a watch has no end");
}

/** Whether a job fits what its logs cannot be chosen by. */
export function fitting({ arbiter, token, program }: Omit<JobFilter, "requester">) {
  return ({ terms, spec }: Pick<WatchedJob, "terms" | "spec">): boolean =>
    (arbiter === undefined || isAddressEqual(terms.arbiter, arbiter)) &&
    (token === undefined || isAddressEqual(terms.token, token)) &&
    (program === undefined || program.equals(spec.program));
}
