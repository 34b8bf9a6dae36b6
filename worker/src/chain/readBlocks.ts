import { type MarketClient, type MarketEvent, marketplaceAbi } from "@assay/sdk";
import { type AbiEvent, type Hex, toEventSelector } from "viem";
import type { BlockRef } from "../store/blockStore.ts";
import { bloomTellsOf } from "./bloom.ts";
import { ChainMovedError } from "./errors.ts";
import { type Header, readHeader } from "./header.ts";

/** Blocks whose events are asked for in one go and noted in one step, where only the last one's header is read. */
const BLOCKS_PER_STEP = 10_000n;
/** The same near the head, where every header is. */
const HEADERS_PER_STEP = 32n;

const EVENT_TOPICS: readonly Hex[] = marketplaceAbi
  .filter((item) => item.type === "event")
  .map((event) => toEventSelector(event as AbiEvent));

/** Consecutive blocks with all that the Marketplace did in them. */
export interface Step {
  events: MarketEvent[];
  /** Those whose hashes are known, oldest first; the last one always is. */
  blocks: BlockRef[];
  nextBlock: bigint;
}

export type ReadingClient = Pick<
  MarketClient,
  "public" | "marketplace" | "getMarketEvents" | "getBlockEvents"
>;

/**
 * Reads the next blocks from `from` on: many at once while they are too old to be replaced, then a few with each one's header.
 * @param last - not further than to this one.
 * @param before - the block before `from`, if its hash is known.
 * @param onMissingLogs - called for a block whose events the endpoint's logs do not have, and its receipts do.
 *
 * @throws {@link ChainMovedError} when the blocks do not follow each other: the chain was reorganised meanwhile.
 */
export async function readStep(
  client: ReadingClient,
  {
    from,
    last,
    head,
    before,
    maxReorgDepth,
    onMissingLogs,
  }: {
    from: bigint;
    last: bigint;
    head: Header;
    before: BlockRef | undefined;
    maxReorgDepth: number;
    onMissingLogs: (block: bigint) => void;
  },
  signal: AbortSignal,
): Promise<Step> {
  const settled = head.number - BigInt(maxReorgDepth);
  const isOld = from < settled;
  const toBlock = isOld
    ? min(from + BLOCKS_PER_STEP - 1n, settled, last)
    : min(from + HEADERS_PER_STEP - 1n, last);
  // Hashes first: whatever the chain does after this, the next look finds it out by them.
  const headers = await readHeaders(
    client,
    { from: isOld ? toBlock : from, toBlock, head },
    signal,
  );
  checkLinks(headers, isOld ? undefined : before);
  const read = await client.getMarketEvents({ fromBlock: from, toBlock, signal });
  const events = await withMissing(client, { headers, events: read, onMissingLogs }, signal);
  const blocks = headers.map(({ number, hash }) => ({ number, hash }));
  return { events, blocks, nextBlock: toBlock + 1n };
}

async function readHeaders(
  client: ReadingClient,
  { from, toBlock, head }: { from: bigint; toBlock: bigint; head: Header },
  signal: AbortSignal,
): Promise<Header[]> {
  const numbers = Array.from({ length: Number(toBlock - from) + 1 }, (_, i) => from + BigInt(i));
  return Promise.all(
    numbers.map((number) => (number === head.number ? head : readHeader(client, number, signal))),
  );
}

function checkLinks(headers: readonly Header[], before: BlockRef | undefined): void {
  let parent = before;
  for (const header of headers) {
    if (parent?.number === header.number - 1n && parent.hash !== header.parentHash) {
      throw new ChainMovedError(parent.number);
    }
    parent = header;
  }
}

/** The events of all blocks, with those that an endpoint left out although the block's filter tells of some. */
async function withMissing(
  client: ReadingClient,
  {
    headers,
    events,
    onMissingLogs,
  }: { headers: readonly Header[]; events: MarketEvent[]; onMissingLogs: (block: bigint) => void },
  signal: AbortSignal,
): Promise<MarketEvent[]> {
  const byBlock = Map.groupBy(events, ({ blockNumber }) => blockNumber);
  for (const { number, hash, logsBloom } of headers) {
    const found = byBlock.get(number);
    if (found?.some(({ blockHash }) => blockHash !== hash)) throw new ChainMovedError(number);
    if (found !== undefined || !bloomTellsOf(logsBloom, client.marketplace, EVENT_TOPICS)) continue;
    const missing = await client.getBlockEvents({ blockNumber: number, blockHash: hash, signal });
    if (missing === undefined || missing.length === 0) continue;
    onMissingLogs(number);
    byBlock.set(number, missing);
  }
  return [...byBlock.entries()].sort(([a], [b]) => Number(a - b)).flatMap(([, list]) => list);
}

function min(...values: [bigint, ...bigint[]]): bigint {
  let [least] = values;
  for (const value of values) if (value < least) least = value;
  return least;
}
