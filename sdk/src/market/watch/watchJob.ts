import { pause } from "../../concurrency/pause.ts";
import type { JobId } from "../../protocol/job/job.ts";
import { findJob } from "../actions/read/findJob.ts";
import { JOB_EVENTS } from "../actions/read/getMarketEvents.ts";
import type { MarketContext } from "../context/marketContext.ts";
import type { JobNotFoundError } from "../errors/market.ts";
import { pauseMs, type WatchOptions } from "./followLogs.ts";
import { isPassing } from "./isPassing.ts";
import { marketEvents, type WatchedEvent } from "./watchEvents.ts";
import { callEach, type Unwatch } from "./watching.ts";

/** Anything that happened to a job, its batches and the questions about them. */
export type WatchedJobEvent = WatchedEvent<(typeof JOB_EVENTS)[number]>;

export interface WatchJobParameters extends WatchOptions {
  jobId: JobId;
  /** First block to look at. Default: that of its posting, so that its whole life is told. */
  fromBlock?: bigint | undefined;
}

/** What calls back: called for each item, one after the other, and waited for. */
export interface WatchJobCallback {
  onEvent: (event: WatchedJobEvent) => unknown;
}

export type WatchJobReturnType = AsyncGenerator<WatchedJobEvent, never, undefined>;

export type WatchJobErrorType = JobNotFoundError | Error;

/**
 * Watches one job: its posting and everything that happens to it. It does not end with the job: a batch may be put in question for as long
 * as its window is open. See {@link watchJobs} for order, reorganisations, failures, and how to go on later.
 *
 * @throws {@link JobNotFoundError} when it has to look for the posting, and there is none.
 */
export function watchJob(
  client: MarketContext,
  parameters: WatchJobParameters & WatchJobCallback,
): Unwatch;
export function watchJob(
  client: MarketContext,
  parameters: WatchJobParameters & { onEvent?: undefined },
): WatchJobReturnType;
export function watchJob(
  client: MarketContext,
  parameters: WatchJobParameters & { onEvent?: WatchJobCallback["onEvent"] | undefined },
): Unwatch | WatchJobReturnType {
  const { onEvent, ...options } = parameters;
  if (onEvent === undefined) return events(client, options);
  return callEach((signal) => events(client, { ...options, signal }), onEvent, options);
}

async function* events(
  client: MarketContext,
  { jobId, fromBlock, ...options }: WatchJobParameters,
): AsyncGenerator<WatchedJobEvent, never, undefined> {
  const isKnown = fromBlock !== undefined || options.after !== undefined;
  const begin = isKnown ? fromBlock : await postedIn(client, jobId, options);
  return yield* marketEvents(
    client,
    { events: JOB_EVENTS, job: jobId },
    { ...options, fromBlock: begin },
  );
}

async function postedIn(
  client: MarketContext,
  jobId: JobId,
  { onError, signal }: WatchOptions,
): Promise<bigint> {
  for (let failures = 1; ; failures++) {
    try {
      return (await findJob(client, { jobId, fromBlock: client.deployedAt, signal })).blockNumber;
    } catch (error) {
      signal?.throwIfAborted();
      if (!isPassing(error)) throw error;
      onError?.(error, false);
    }
    await pause(pauseMs(client.pollingIntervalMs, failures), signal);
  }
}
