import { type Address, isAddressEqual } from "viem";
import type { JobId } from "../../protocol/job/job.ts";
import { type MarketEvent, toMarketEvent } from "../actions/read/getMarketEvents.ts";
import type { EventName } from "../chain/marketEvent.ts";
import type { MarketContext } from "../context/marketContext.ts";
import { followLogs, type WatchOptions } from "./followLogs.ts";

/** What happened to batches, besides questions about them. */
export const BATCH_EVENTS = [
  "BatchClaimed",
  "BatchSubmitted",
  "BatchSettled",
  "BatchExpired",
  "BatchReleased",
  "BatchRefunded",
  "WorkerSlashed",
] as const satisfies EventName[];

/** What happened to questions about batches. */
export const DISPUTE_EVENTS = [
  "LeafDemanded",
  "LeafRevealed",
  "BatchChallenged",
  "ChallengeResolved",
  "DemandVoided",
  "FeeReturned",
  "WorkerSlashed",
] as const satisfies EventName[];

type TypeOf<Name extends string> = Uncapitalize<Name>;

/** Such events, each with its place, and whether a reorganisation has taken it back. */
export type WatchedEvent<Name extends EventName> = Extract<MarketEvent, { type: TypeOf<Name> }> & {
  removed: boolean;
};

/** Such events as they come; see `watchJobs` for order, reorganisations and failures. */
export async function* marketEvents<const Name extends EventName>(
  client: MarketContext,
  {
    events,
    job,
    worker,
  }: { events: readonly Name[]; job?: JobId | undefined; worker?: Address | undefined },
  options: WatchOptions,
): AsyncGenerator<WatchedEvent<Name>, never, undefined> {
  for await (const log of followLogs(client, { events, job }, options)) {
    const { removed } = log;
    const event = toMarketEvent(log);
    if (event === undefined) continue;
    const isOthers =
      worker !== undefined && "worker" in event && !isAddressEqual(event.worker, worker);
    if (!isOthers) yield { ...event, removed } as WatchedEvent<Name>;
  }
  throw new TypeError("a watch has no end");
}
