import type { Address } from "viem";
import type { JobId } from "../../protocol/job/job.ts";
import type { MarketContext } from "../context/marketContext.ts";
import type { WatchOptions } from "./followLogs.ts";
import { BATCH_EVENTS, marketEvents, type WatchedEvent } from "./watchEvents.ts";
import { callEach, type Unwatch } from "./watching.ts";

/** A step in the life of a batch, from its claim to its settlement. Amounts are in the smallest unit of the coin or token, times Unix seconds. */
export type WatchedBatchEvent = WatchedEvent<(typeof BATCH_EVENTS)[number]>;

export interface WatchBatchesParameters extends WatchOptions {
  /** Only of this job. Default: of all. */
  jobId?: JobId | undefined;
  /** Only of this worker, where an event names one. Default: of all. */
  worker?: Address | undefined;
}

/** What calls back: called for each item, one after the other, and waited for. */
export interface WatchBatchesCallback {
  onBatch: (event: WatchedBatchEvent) => unknown;
}

export type WatchBatchesReturnType = AsyncGenerator<WatchedBatchEvent, never, undefined>;

/** Thrown, or given to `onError`, when it cannot pass by itself. */
export type WatchBatchesErrorType = Error;

/**
 * Watches batches: claimed, submitted, settled, expired, released, refunded, slashed. See
 * {@link watchJobs} for order, reorganisations, failures, and how to go on later.
 *
 * @throws {@link WrongChainError} {@link MarketplaceNotFoundError} {@link MarketplaceMismatchError}
 */
export function watchBatches(
  client: MarketContext,
  parameters: WatchBatchesParameters & WatchBatchesCallback,
): Unwatch;
export function watchBatches(
  client: MarketContext,
  parameters?: WatchBatchesParameters & { onBatch?: undefined },
): WatchBatchesReturnType;
export function watchBatches(
  client: MarketContext,
  parameters: WatchBatchesParameters & {
    onBatch?: WatchBatchesCallback["onBatch"] | undefined;
  } = {},
): Unwatch | WatchBatchesReturnType {
  const { onBatch, jobId: job, worker, ...options } = parameters;
  const filter = { events: BATCH_EVENTS, job, worker };
  if (onBatch === undefined) return marketEvents(client, filter, options);
  return callEach(
    (signal) => marketEvents(client, filter, { ...options, signal }),
    onBatch,
    options,
  );
}
