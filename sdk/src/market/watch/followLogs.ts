import { BlockNotFoundError, type Hex } from "viem";
import { abortable } from "../../concurrency/abortable.ts";
import type { AbortOptions } from "../../concurrency/abortOptions.ts";
import { pause } from "../../concurrency/pause.ts";
import type { EventPlace } from "../actions/read/getMarketEvents.ts";
import { logRangeSize } from "../chain/logRange.ts";
import { type LogFilter, type MarketLog, readLogs } from "../chain/logs.ts";
import type { EventName } from "../chain/marketEvent.ts";
import { requireMarketplace } from "../chain/requireMarketplace.ts";
import type { MarketContext } from "../context/marketContext.ts";
import { ChainDataError } from "../errors/market.ts";
import { isPassing } from "./isPassing.ts";

/** Where a watch begins, and what it tells of itself. */
export interface WatchOptions extends AbortOptions {
  /** First block to look at. Default: the next one that comes. */
  fromBlock?: bigint | undefined;
  /**
   * The place of the last item that was dealt with, as it came: goes on right behind it, so that nothing is lost and nothing comes twice. If
   * the chain has replaced its block meanwhile, that block is read from its beginning; what was replaced below it is not told of. Goes
   * before `fromBlock`.
   */
  after?: EventPlace | undefined;
  /**
   * Blocks, its own included, that an event's block must have before it is told of. Default: the client's. With more than one, an endpoint
   * whose index of logs is a little behind its blocks hides nothing.
   */
  confirmations?: number | undefined;
  /** Called with each block up to which everything was told: go on with `fromBlock: block + 1n`. */
  onBlock?: ((block: bigint) => void) | undefined;
  /**
   * Called with each failure. `isOver` is false while the watch goes on by itself, as it does after whatever may pass, with growing pauses of
   * up to half a minute. Of a watch that calls back, what ends it is an unhandled rejection if this is not given.
   */
  onError?: ((error: unknown, isOver: boolean) => void) | undefined;
}

/** An event, and whether a reorganisation has taken it back. */
export type FollowedLog<Name extends EventName> = MarketLog<Name> & { removed: boolean };

/** A reorganisation is followed so many blocks below the newest block that was told of. */
const DEPTH = 128n;
/** Items that are remembered, to tell of those that are taken back. */
const MOST_RECENT = 10_000;
/** So often in a row a latest block below the last one is an endpoint that lags. */
const MOST_LAGS = 30;
const LONGEST_PAUSE_MS = 30_000;

interface Block {
  number: bigint;
  hash: Hex;
}

/**
 * Such events as they come, in the order of the chain, each once. It survives an endpoint that fails, lags or limits ranges, and follows
 * reorganisations: what one takes back comes again, the newest first, as `removed`, and then what has come in its place.
 *
 * @throws what cannot pass by itself, such as {@link WrongChainError}.
 */
export async function* followLogs<const Name extends EventName>(
  client: MarketContext,
  filter: LogFilter<Name>,
  { fromBlock, after, confirmations = client.confirmations, ...options }: WatchOptions,
): AsyncGenerator<FollowedLog<Name>, never, undefined> {
  const { onBlock, onError, signal } = options;
  if (fromBlock !== undefined && fromBlock < 0n) {
    throw new RangeError(`fromBlock is ${fromBlock}: the first block is 0.`);
  }
  const seen: Block[] = [];
  const recent = new Map<string, MarketLog<Name>>();
  /** Everything up to this place was told. */
  let told: Place | undefined =
    fromBlock === undefined || after !== undefined
      ? undefined
      : { blockNumber: fromBlock - 1n, logIndex: END };
  let resumed: EventPlace | undefined = after;
  /** Nothing up to this place is ever told. */
  let start: Place | undefined = told;
  let lags = 0;
  let failures = 0;

  /** `undefined` if the chain is not that long. */
  async function hashAt(blockNumber: bigint, head: Block): Promise<Hex | undefined> {
    if (blockNumber > head.number) return undefined;
    try {
      return (await abortable(client.public.getBlock({ blockNumber }), signal)).hash;
    } catch (error) {
      if (!(error instanceof BlockNotFoundError)) throw error;
      // Another node answered than the one that knows the latest block.
      throw new ChainDataError(`block ${blockNumber} is missing below block ${head.number}`);
    }
  }

  /** The newest block that has its confirmations; `undefined` if nothing is new. */
  async function nextHead() {
    await requireMarketplace(client, signal);
    const latest = await abortable(client.public.getBlock(), signal);
    const depth = BigInt(confirmations - 1);
    if (latest.number < depth) return undefined;
    const number = latest.number - depth;
    const block =
      depth === 0n
        ? latest
        : await abortable(client.public.getBlock({ blockNumber: number }), signal);
    const last = seen.at(-1);
    const isRead = told !== undefined && firstOf(told) > block.number;
    lags = last !== undefined && block.number < last.number ? lags + 1 : 0;
    if (lags > 0 && lags < MOST_LAGS) return undefined;
    return last?.hash === block.hash && isRead ? undefined : block;
  }

  async function isReplaced(head: Block & { parentHash: Hex }): Promise<boolean> {
    const last = seen.at(-1);
    if (last === undefined || [head.hash, head.parentHash].includes(last.hash)) return false;
    return head.number <= last.number || (await hashAt(last.number, head)) !== last.hash;
  }

  /** Goes back to where the chains part; returns what is not on the new one, the newest first. */
  async function goBack(head: Block): Promise<MarketLog<Name>[]> {
    const parted = [...seen];
    let fork: Block | undefined;
    for (let last = parted.pop(); last !== undefined && fork === undefined; last = parted.pop()) {
      if ((await hashAt(last.number, head)) === last.hash) fork = last;
    }
    const lowest = (seen[0]?.number ?? 0n) - DEPTH;
    const forkedAt = fork?.number ?? (lowest > 0n ? lowest : 0n);
    const gone: string[] = [];
    const hashes = new Map<bigint, Hex | undefined>();
    for (const [key, { blockNumber, blockHash }] of recent) {
      if (blockNumber <= forkedAt) continue;
      if (!hashes.has(blockNumber)) hashes.set(blockNumber, await hashAt(blockNumber, head));
      if (hashes.get(blockNumber) !== blockHash) gone.push(key);
    }
    // From here on nothing can fail: it is done whole or not at all.
    const logs = gone.flatMap((key) => recent.get(key) ?? []).toReversed();
    for (const key of gone) recent.delete(key);
    seen.splice(0, seen.length, ...seen.filter(({ number }) => number <= forkedAt));
    const begin = { blockNumber: forkedAt, logIndex: END };
    if (told !== undefined && isAfter(told, begin)) {
      told = start !== undefined && isAfter(start, begin) ? start : begin;
    }
    return logs;
  }

  function forget(head: Block): void {
    const lowest = head.number - DEPTH;
    while (seen.length > 1 && (seen[0]?.number ?? head.number) < lowest) seen.shift();
    for (const [key, { blockNumber }] of recent) {
      if (blockNumber > lowest && recent.size <= MOST_RECENT) break;
      recent.delete(key);
    }
  }

  async function beginning(head: Block): Promise<Place> {
    if (resumed !== undefined) {
      const { blockNumber, blockHash, logIndex } = resumed;
      if (blockNumber > head.number) {
        throw new ChainDataError(`its latest block is ${head.number}, below ${blockNumber}`);
      }
      const isThere = (await hashAt(blockNumber, head)) === blockHash;
      resumed = undefined;
      return isThere ? { blockNumber, logIndex } : { blockNumber: blockNumber - 1n, logIndex: END };
    }
    return told ?? { blockNumber: head.number, logIndex: END };
  }

  for (;;) {
    try {
      const head = await nextHead();
      if (head !== undefined) {
        if (await isReplaced(head)) {
          for (const log of await goBack(head))
            yield { ...log, removed: true } as FollowedLog<Name>;
        }
        const begin = await beginning(head);
        told = begin;
        start ??= begin;
        // Noted before it is read: if reading fails half-way, the next look finds out whether that was of this chain.
        if (seen.at(-1)?.hash !== head.hash) seen.push({ number: head.number, hash: head.hash });
        for (let from = firstOf(begin); from <= head.number; ) {
          const end = from + logRangeSize(client.public).blocks - 1n;
          const toBlock = end < head.number ? end : head.number;
          for await (const log of readLogs(client, filter, { fromBlock: from, toBlock, signal })) {
            const key = `${log.blockHash} ${log.logIndex}`;
            if (recent.has(key) || !isAfter(log, told)) continue;
            recent.set(key, log);
            told = { blockNumber: log.blockNumber, logIndex: log.logIndex };
            yield { ...log, removed: false } as FollowedLog<Name>;
          }
          told = { blockNumber: toBlock, logIndex: END };
          failures = 0;
          onBlock?.(toBlock);
          from = toBlock + 1n;
          forget(head);
        }
      }
      failures = 0;
    } catch (error) {
      signal?.throwIfAborted();
      if (!isPassing(error)) throw error;
      failures++;
      onError?.(error, false);
    }
    await pause(pauseMs(client.pollingIntervalMs, failures), signal);
  }
}

interface Place {
  blockNumber: bigint;
  logIndex: number;
}

/** Behind every log of a block. */
const END = Number.POSITIVE_INFINITY;

function isAfter(one: Place, other: Place): boolean {
  if (one.blockNumber !== other.blockNumber) return one.blockNumber > other.blockNumber;
  return one.logIndex > other.logIndex;
}

/** The first block that may have something behind a place. */
function firstOf({ blockNumber, logIndex }: Place): bigint {
  return logIndex === END ? blockNumber + 1n : blockNumber;
}

/** Longer with every failure in a row, and not the same for all that failed together. */
export function pauseMs(pollingIntervalMs: number, failures: number): number {
  if (failures === 0) return pollingIntervalMs;
  const longest = Math.min(pollingIntervalMs * 2 ** failures, LONGEST_PAUSE_MS);
  return longest * (0.5 + Math.random() / 2);
}
