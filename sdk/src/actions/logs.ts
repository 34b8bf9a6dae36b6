import {
  formatLog,
  type Hex,
  numberToHex,
  parseEventLogs,
  type RpcLog,
  toEventSelector,
} from "viem";
import type { MarketContext } from "../clients/marketContext.ts";
import type { AbortOptions } from "../content/content.ts";
import { marketplaceAbi } from "../generated/marketplaceAbi.ts";
import { abortable } from "../streams/abortable.ts";
import type { EventArgs, EventName } from "../types/marketEvent.ts";

const abiEvents = marketplaceAbi.filter((item) => item.type === "event");

/** Blocks that one call asks for; public nodes refuse much more. */
const BLOCKS_PER_CALL = 10_000n;

/** An event of the Marketplace as the chain has it. */
export type MarketLog<Name extends EventName = EventName> = Name extends EventName
  ? {
      eventName: Name;
      args: EventArgs<Name>;
      blockNumber: bigint;
      transactionHash: Hex;
      logIndex: number;
    }
  : never;

export interface LogRange extends AbortOptions {
  fromBlock: bigint;
  /** Included. */
  toBlock: bigint;
}

export interface LogFilter<Name extends EventName> {
  events: readonly Name[];
  /** Only of this job: for events whose first indexed argument is one. */
  job?: Hex | undefined;
  /** Only of this batch: for events whose second indexed argument is one. */
  batch?: number | undefined;
}

/** All such events in a range of blocks, in the order of the chain. */
export async function* readLogs<const Name extends EventName>(
  client: MarketContext,
  { events, job, batch }: LogFilter<Name>,
  { fromBlock, toBlock, signal }: LogRange,
): AsyncGenerator<MarketLog<Name>, void, undefined> {
  const names = new Set<EventName>(events);
  const topics = [
    abiEvents.filter(({ name }) => names.has(name)).map((event) => toEventSelector(event)),
    job ?? null,
    batch === undefined ? null : numberToHex(batch, { size: 32 }),
  ];
  for (let from = fromBlock; from <= toBlock; from += BLOCKS_PER_CALL) {
    const last = from + BLOCKS_PER_CALL - 1n;
    const request: Promise<readonly RpcLog[]> = client.public.request({
      method: "eth_getLogs",
      params: [
        {
          address: client.marketplace,
          topics,
          fromBlock: numberToHex(from),
          toBlock: numberToHex(last < toBlock ? last : toBlock),
        },
      ],
    });
    const logs = (await abortable(request, signal)).map((log) => formatLog(log));
    yield* parseEventLogs({
      abi: marketplaceAbi,
      eventName: [...events],
      logs,
    }) as unknown as MarketLog<Name>[];
  }
}
