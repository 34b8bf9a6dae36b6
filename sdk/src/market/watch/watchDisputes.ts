import type { Address } from "viem";
import type { JobId } from "../../protocol/job/job.ts";
import type { MarketContext } from "../context/marketContext.ts";
import type { WatchOptions } from "./followLogs.ts";
import { DISPUTE_EVENTS, marketEvents, type WatchedEvent } from "./watchEvents.ts";
import { callEach, type Unwatch } from "./watching.ts";

/** A step of a question about a batch: a demand or a challenge, its answer or ruling, and what became of the money. Amounts are wei. */
export type WatchedDisputeEvent = WatchedEvent<(typeof DISPUTE_EVENTS)[number]>;

export interface WatchDisputesParameters extends WatchOptions {
  /** Only of this job. Default: of all. */
  jobId?: JobId | undefined;
  /** Only of this worker, where an event names one. Default: of all. */
  worker?: Address | undefined;
}

/** What calls back: called for each item, one after the other, and waited for. */
export interface WatchDisputesCallback {
  onDispute: (event: WatchedDisputeEvent) => unknown;
}

export type WatchDisputesReturnType = AsyncGenerator<WatchedDisputeEvent, never, undefined>;

/** Thrown, or given to `onError`, when it cannot pass by itself. */
export type WatchDisputesErrorType = Error;

/**
 * Watches questions about batches: demanded, revealed, challenged, resolved, slashed. See
 * {@link watchJobs} for order, reorganisations, failures, and how to go on later.
 *
 * @throws {@link WrongChainError} {@link MarketplaceNotFoundError} {@link MarketplaceMismatchError}
 */
export function watchDisputes(
  client: MarketContext,
  parameters: WatchDisputesParameters & WatchDisputesCallback,
): Unwatch;
export function watchDisputes(
  client: MarketContext,
  parameters?: WatchDisputesParameters & { onDispute?: undefined },
): WatchDisputesReturnType;
export function watchDisputes(
  client: MarketContext,
  parameters: WatchDisputesParameters & {
    onDispute?: WatchDisputesCallback["onDispute"] | undefined;
  } = {},
): Unwatch | WatchDisputesReturnType {
  const { onDispute, jobId: job, worker, ...options } = parameters;
  const filter = { events: DISPUTE_EVENTS, job, worker };
  if (onDispute === undefined) return marketEvents(client, filter, options);
  return callEach(
    (signal) => marketEvents(client, filter, { ...options, signal }),
    onDispute,
    options,
  );
}
