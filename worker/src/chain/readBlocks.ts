import { type MarketClient, type MarketEvent, marketplaceAbi } from "@assay/sdk";
import { eachConcurrently } from "@assay/sdk/concurrency";
import { type AbiEvent, type Address, type Hex, toEventSelector } from "viem";
import type { BlockRef } from "../store/blockStore.ts";
import { type Sought, soughtLogs, toFilter } from "./bloom.ts";
import { ChainMovedError, ContradictionError } from "./errors.ts";
import { type ChainHabits, unknownHabits } from "./habits.ts";
import { type Header, readHeader } from "./header.ts";
import { readBlockEvents } from "./readBlockEvents.ts";

/** Number of blocks in one step near the head… */
const NEW_BLOCKS_PER_STEP = 32n;
/** …and among blocks that are too old to be replaced. */
const OLD_BLOCKS_PER_STEP = 512n;
/** Number of blocks before the head whose headers are all read. The logs of earlier blocks have to be trusted. */
const CHECKED_BLOCKS = 50_000n;
/** Number of blocks in one step among those. */
const UNCHECKED_BLOCKS_PER_STEP = 10_000n;
/** Number of concurrent requests. */
const AT_ONCE = 32;
/** The hash of the trie of no receipts. */
const NO_RECEIPTS = "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421";

const EVENT_TOPICS: readonly Hex[] = marketplaceAbi
  .filter((item) => item.type === "event")
  .map((event) => toEventSelector(event as AbiEvent));

const soughtOf = new Map<Address, Sought>();

/** Consecutive blocks with all of the Marketplace's events in them. */
export interface Step {
  events: MarketEvent[];
  /** The blocks whose hashes are known, oldest first. The last block is always among them. */
  blocks: BlockRef[];
  nextBlock: bigint;
}

export type ReadingClient = Pick<
  MarketClient,
  "public" | "marketplace" | "getMarketEvents" | "getBlockEvents"
>;

export interface ReadStepParameters {
  from: bigint;
  /** The last block to read. */
  last: bigint;
  head: Header;
  /** The block before `from`, if its hash is known. */
  before: BlockRef | undefined;
  maxReorgDepth: number;
  /** The known properties of the chain's blocks; these blocks add to them. */
  habits?: ChainHabits;
  /** Called for a block whose events are in its receipts and missing in the endpoint's logs. */
  onMissingLogs: (block: bigint) => void;
  /** Called with the number of blocks whose events could not be checked. Events may be missing there. */
  onUnchecked?: (blocks: bigint) => void;
}

/**
 * Reads the next blocks from `from` on. A header's filter shows whether the Marketplace may have emitted events in the block. If so, the
 * receipts of all its transactions are requested and checked against the header. Such blocks do not depend on the endpoint's log index; the
 * index is compared only to measure its reliability.
 *
 * @throws {@link ChainMovedError} when the blocks do not follow each other: the chain was reorganised meanwhile.
 * @throws {@link ContradictionError} when no endpoint has the receipts that match the headers.
 */
export async function readStep(
  client: ReadingClient,
  { from, last, head, before, maxReorgDepth, ...rest }: ReadStepParameters,
  signal: AbortSignal,
): Promise<Step> {
  const { habits = unknownHabits(), onMissingLogs, onUnchecked = () => {} } = rest;
  const settled = head.number - BigInt(maxReorgDepth);
  const checked = head.number - CHECKED_BLOCKS;
  if (from < checked) {
    const toBlock = min(from + UNCHECKED_BLOCKS_PER_STEP - 1n, checked, last);
    const { number, hash } = await readHeader(client, toBlock, signal, habits);
    const events = await client.getMarketEvents({ fromBlock: from, toBlock, signal });
    onUnchecked(toBlock - from + 1n);
    return { events, blocks: [{ number, hash }], nextBlock: toBlock + 1n };
  }
  const isOld = from < settled;
  const toBlock = isOld
    ? min(from + OLD_BLOCKS_PER_STEP - 1n, settled, last)
    : min(from + NEW_BLOCKS_PER_STEP - 1n, last);
  // Hashes are read first: the next poll detects every later change of the chain by them.
  const headers = await readHeaders(client, { from, toBlock, head, before, habits }, signal);
  const checking: Checking = { client, habits, settled, onMissingLogs, onUnchecked };
  const events = await readEvents(checking, headers, signal);
  const blocks = headers.map(({ number, hash }) => ({ number, hash }));
  return { events, blocks: isOld ? blocks.slice(-1) : blocks, nextBlock: toBlock + 1n };
}

/** @throws {@link ChainMovedError} as soon as a header does not name the one before it as its parent. */
async function readHeaders(
  client: ReadingClient,
  { from, toBlock, head, before, habits }: HeaderRange,
  signal: AbortSignal,
): Promise<Header[]> {
  const headers: Header[] = [];
  let parent = before;
  for (let first = from; first <= toBlock; first += BigInt(AT_ONCE)) {
    const count = Math.min(AT_ONCE, Number(toBlock - first) + 1);
    const several = Array.from({ length: count }, (_, i) => first + BigInt(i)).map((number) =>
      number === head.number ? head : readHeader(client, number, signal, habits),
    );
    for (const header of await Promise.all(several)) {
      if (parent?.number === header.number - 1n && parent.hash !== header.parentHash) {
        throw new ChainMovedError(parent.number);
      }
      parent = header;
      headers.push(header);
    }
  }
  return headers;
}

interface HeaderRange {
  from: bigint;
  toBlock: bigint;
  head: Header;
  before: BlockRef | undefined;
  habits: ChainHabits;
}

interface Checking {
  client: ReadingClient;
  habits: ChainHabits;
  /** The last block that cannot be replaced. Later blocks may be replaced, and every node has them. */
  settled: bigint;
  onMissingLogs: (block: bigint) => void;
  onUnchecked: (blocks: bigint) => void;
}

async function readEvents(
  { client, habits, settled, onMissingLogs, onUnchecked }: Checking,
  headers: readonly Header[],
  signal: AbortSignal,
): Promise<MarketEvent[]> {
  const byBlock = new Map<bigint, MarketEvent[] | undefined>();
  const unproven = new Set(headers.flatMap((of) => (of.isUnverified ? [of.number] : [])));
  const telling = headers.filter(
    (header) => header.isUnverified === true || tellsOfEvents(client, header),
  );
  const action = async (header: Header, either: AbortSignal) => {
    const mayBeGone = header.number <= settled;
    const onUnproven = () => void unproven.add(header.number);
    const parameters = { header, habits, mayBeGone, onUnproven };
    byBlock.set(header.number, await readBlockEvents(client, parameters, either));
  };
  const wasRooted = habits.rooted;
  await eachAtOnce(telling, action, signal);
  // A root that does not match is either the chain's habit or an endpoint's lie. Once one root has matched, it is a lie.
  if (!wasRooted && habits.rooted) await eachAtOnce(telling, action, signal);
  else if (!habits.rooted) {
    for (const { number } of telling) if (byBlock.get(number) !== undefined) unproven.add(number);
  }

  // A header's fields can be trusted if its hash is computed from them. Otherwise, and on a chain that fills in no filters, the logs also
  // show which blocks have events.
  const others = headers.filter(({ number }) => !byBlock.has(number));
  const silent = habits.hashed
    ? others.filter((of) => !habits.filtered && mayHaveLogs(of))
    : others;
  const isFound = ({ number, isUnverified }: Header) =>
    isUnverified === true || byBlock.get(number)?.length !== 0;
  const ofInterest = [...telling.filter(isFound), ...silent].map(({ number }) => number);
  const logs = await readLogs(client, ofInterest, byBlock, signal);
  for (const header of silent) {
    if (logs?.has(header.number) && !byBlock.has(header.number)) await action(header, signal);
  }
  for (const { number, hash } of headers) {
    const fromLogs = logs?.get(number) ?? [];
    const fromReceipts = byBlock.get(number);
    // Receipts that a header's hash covers are proven. Without such a hash the logs are as good as the receipts.
    const isProven = habits.hashed !== false && !unproven.has(number);
    if (unproven.has(number) && fromReceipts !== undefined) onUnchecked(1n);
    if (!isProven && fromReceipts !== undefined && fromLogs.length > fromReceipts.length) {
      throw new ContradictionError(number, "its logs are more than those of its receipts");
    }
    if (fromReceipts === undefined) {
      if (!byBlock.has(number)) continue;
      if (fromLogs.some(({ blockHash }) => blockHash !== hash)) throw new ChainMovedError(number);
      byBlock.set(number, fromLogs);
      onUnchecked(1n);
    } else if (logs !== undefined && fromLogs.length < fromReceipts.length) onMissingLogs(number);
  }
  return headers.flatMap(({ number }) => byBlock.get(number) ?? []);
}

/** Reads the logs, by block. Returns `undefined` if the endpoint refuses and nothing depends on the logs. */
async function readLogs(
  client: ReadingClient,
  ofInterest: readonly bigint[],
  byBlock: ReadonlyMap<bigint, MarketEvent[] | undefined>,
  signal: AbortSignal,
): Promise<Map<bigint, MarketEvent[]> | undefined> {
  const ordered = ofInterest.toSorted((a, b) => Number(a - b));
  const [fromBlock, toBlock] = [ordered.at(0), ordered.at(-1)];
  if (fromBlock === undefined || toBlock === undefined) return new Map();
  try {
    const logs = await client.getMarketEvents({ fromBlock, toBlock, signal });
    return Map.groupBy(logs, ({ blockNumber }) => blockNumber);
  } catch (error) {
    const isNeeded = ofInterest.some((number) => byBlock.get(number) === undefined);
    if (isNeeded || signal.aborted) throw error;
    return undefined;
  }
}

function tellsOfEvents({ marketplace }: ReadingClient, { logsBloom }: Header): boolean {
  const sought = soughtOf.get(marketplace) ?? soughtLogs(marketplace, EVENT_TOPICS);
  soughtOf.set(marketplace, sought);
  return sought.isIn(logsBloom);
}

function mayHaveLogs({ logsBloom, receiptsRoot, transactions }: Header): boolean {
  if (receiptsRoot === NO_RECEIPTS || transactions?.length === 0) return false;
  return toFilter(logsBloom) === undefined;
}

async function eachAtOnce<T>(
  items: readonly T[],
  action: (item: T, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const source = (async function* () {
    yield* items;
  })();
  const limits = { concurrency: AT_ONCE, capacity: Number.POSITIVE_INFINITY, weigh: () => 1 };
  await eachConcurrently({ source, ...limits, action, signal });
}

function min(...values: [bigint, ...bigint[]]): bigint {
  let [least] = values;
  for (const value of values) if (value < least) least = value;
  return least;
}
