import {
  type AbiEvent,
  type Address,
  type ContractEventName,
  type Hex,
  type Log,
  numberToHex,
  pad,
  parseEventLogs,
  type RpcLog,
  toEventSelector,
  type Abi as WideAbi,
} from "viem";
import { abortable } from "../../concurrency/abortable.ts";
import type { AbortOptions } from "../../concurrency/abortOptions.ts";
import { marketplaceAbi } from "../../generated/marketplaceAbi.ts";
import type { ChainContext, MarketContext } from "../context/marketContext.ts";
import { ChainDataError, LogsRefusedError } from "../errors/market.ts";
import { chosenLogs } from "./chosenLogs.ts";
import { logRangeSize } from "./logRange.ts";
import { logRefusal } from "./logRefusal.ts";
import type { EventArgs, EventName } from "./marketEvent.ts";
import { requireMarketplace } from "./requireMarketplace.ts";

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
  /** Only of this requester: for events whose second indexed argument is one. */
  requester?: Address | undefined;
}

/** All such events in a range of blocks, in the order of the chain. */
export async function* readLogs<const Name extends EventName>(
  client: MarketContext,
  { events, job, batch, requester }: LogFilter<Name>,
  range: LogRange,
): AsyncGenerator<MarketLog<Name>, void, undefined> {
  await requireMarketplace(client, range.signal);
  const contract = { address: client.marketplace, abi: marketplaceAbi };
  const second = requester === undefined ? undefined : pad(requester, { size: 32 });
  const topics = [
    job ?? null,
    batch === undefined ? (second ?? null) : numberToHex(batch, { size: 32 }),
  ];
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
  const wantedTopics = withoutTrailingNulls([selectors, ...topics]);
  const size = logRangeSize(client.public);
  for (let from = fromBlock; from <= toBlock; ) {
    const end = from + size.blocks - 1n;
    const last = end < toBlock ? end : toBlock;
    const request: Promise<readonly RpcLog[]> = client.public.request({
      method: "eth_getLogs",
      params: [
        {
          address,
          topics: wantedTopics,
          fromBlock: numberToHex(from),
          toBlock: numberToHex(last),
        },
      ],
    });
    const asked = last - from + 1n;
    let found: readonly RpcLog[];
    try {
      found = await abortable(request, signal);
    } catch (error) {
      if (size.refused(error, asked)) continue;
      const { kind, reason } = logRefusal(error);
      if (kind === "refusal") throw new LogsRefusedError(from, reason, { cause: error });
      throw error;
    }
    size.accepted(asked);
    const wanted = { address, topics: wantedTopics, fromBlock: from, toBlock: last };
    yield* decodeLogs(abi, [...names], chosenLogs(found, wanted));
    from = last + 1n;
  }
}

/** A filter that has more places than a log has topics does not match it, whatever the places say. */
function withoutTrailingNulls<T>(topics: readonly (T | null)[]): (T | null)[] {
  return topics.slice(0, topics.findLastIndex((topic) => topic !== null) + 1);
}

/**
 * Those of the logs that are such events, in their order.
 *
 * @throws {@link ChainDataError} when one that has to be is none: it would be as good as lost.
 */
export function decodeLogs<const A extends WideAbi>(
  abi: A,
  events: readonly string[],
  logs: readonly Log[],
): ContractLog[] {
  const decoded = parseEventLogs({ abi: abi as WideAbi, eventName: [...events], logs: [...logs] });
  if (decoded.length !== logs.length) {
    throw new ChainDataError("a log does not have what its event has");
  }
  return decoded as unknown as ContractLog[];
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

/** A log as an event: its name, which begins with a small letter then, its arguments, and where it is on the chain. */
export function eventOfLog({ eventName, args, ...place }: ContractLog): object {
  const { blockNumber, blockHash, transactionHash, logIndex } = place;
  const type = `${eventName.charAt(0).toLowerCase()}${eventName.slice(1)}`;
  return { type, ...(args as object), blockNumber, blockHash, transactionHash, logIndex };
}
