import {
  type AbiEvent,
  type Address,
  type ContractEventName,
  formatLog,
  type Hex,
  numberToHex,
  parseEventLogs,
  type RpcLog,
  toEventSelector,
  type Abi as WideAbi,
} from "viem";
import type { ChainContext, MarketContext } from "../clients/marketContext.ts";
import type { AbortOptions } from "../content/content.ts";
import { marketplaceAbi } from "../generated/marketplaceAbi.ts";
import { abortable } from "../streams/abortable.ts";
import type { EventArgs, EventName } from "../types/marketEvent.ts";
import { logRangeSize } from "./logRange.ts";

/** An event of the Marketplace as the chain has it. */
export type MarketLog<Name extends EventName = EventName> = Name extends EventName
  ? {
      eventName: Name;
      args: EventArgs<Name>;
      blockNumber: bigint;
      blockHash: Hex;
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
  range: LogRange,
): AsyncGenerator<MarketLog<Name>, void, undefined> {
  const contract = { address: client.marketplace, abi: marketplaceAbi };
  const topics = [job ?? null, batch === undefined ? null : numberToHex(batch, { size: 32 })];
  for await (const log of readContractLogs(client, contract, { events, topics }, range)) {
    yield log as unknown as MarketLog<Name>;
  }
}

/**
 * Such events of any contract in a range of blocks, in the order of the chain.
 * @param topics - those after the event's own; `null` admits any.
 */
export async function* readContractLogs<const A extends WideAbi>(
  client: ChainContext,
  { address, abi }: { address: Address; abi: A },
  { events, topics }: { events: readonly ContractEventName<A>[]; topics: readonly (Hex | null)[] },
  { fromBlock, toBlock, signal }: LogRange,
): AsyncGenerator<ContractLog, void, undefined> {
  const names = new Set<string>(events);
  const selectors = abi
    .filter((item): item is AbiEvent => item.type === "event" && names.has(item.name))
    .map((event) => toEventSelector(event));
  const size = logRangeSize(client.public);
  for (let from = fromBlock; from <= toBlock; ) {
    const end = from + size.blocks - 1n;
    const last = end < toBlock ? end : toBlock;
    const request: Promise<readonly RpcLog[]> = client.public.request({
      method: "eth_getLogs",
      params: [
        {
          address,
          topics: [selectors, ...topics],
          fromBlock: numberToHex(from),
          toBlock: numberToHex(last),
        },
      ],
    });
    let found: readonly RpcLog[];
    try {
      found = await abortable(request, signal);
    } catch (error) {
      if (size.refused(error, last - from + 1n)) continue;
      throw error;
    }
    size.accepted();
    yield* decodeLogs(abi, [...names], found);
    from = last + 1n;
  }
}

/** Those of the logs that are such events, in their order. */
export function decodeLogs<const A extends WideAbi>(
  abi: A,
  events: readonly string[],
  logs: readonly RpcLog[],
): ContractLog[] {
  return parseEventLogs({
    abi: abi as WideAbi,
    eventName: [...events],
    logs: logs.map((log) => formatLog(log)),
  });
}

/** What {@link readContractLogs} knows of an event whose ABI it does not know at compile time. */
export interface ContractLog {
  eventName: string;
  args: unknown;
  blockNumber: bigint;
  blockHash: Hex;
  transactionHash: Hex;
  logIndex: number;
}
