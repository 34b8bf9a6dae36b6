import { setTimeout as sleep } from "node:timers/promises";
import { backoffMs } from "@assay/queue";
import type { MarketClient, MarketEvent } from "@assay/sdk";
import type { BlockRef } from "../store/blockStore.ts";
import { commonAncestor } from "./commonAncestor.ts";
import {
  ChainBehindError,
  ChainMovedError,
  ContradictionError,
  ReorgTooDeepError,
} from "./errors.ts";
import { unknownHabits } from "./habits.ts";
import { type Header, readHeader } from "./header.ts";
import { type ReadingClient, readStep } from "./readBlocks.ts";

/** Longest pause between two tries while the chain is out of reach, in milliseconds. */
const LONGEST_PAUSE_MS = 30_000;
/** The same while they contradict themselves, which costs two questions. */
const LONGEST_DOUBT_MS = 5_000;
/** Hints make the node look sooner, but there are at least so many milliseconds between two looks. */
const SHORTEST_PAUSE_MS = 50;

/** So many looks in a row find a reorganisation under way before that counts as trouble. */
const MOST_MOVES = 5;

/** A block as the node's clock: everything that depends on time goes by the chain's. */
export interface Head {
  number: bigint;
  /** Unix seconds. */
  timestamp: number;
}

export interface FollowerParameters {
  client: ReadingClient & Pick<MarketClient, "confirmations">;
  /** First block whose events were not read. */
  nextBlock: () => bigint;
  /** The last blocks that were read, newest first, over `maxReorgDepth` at least. */
  readBlocks: () => readonly BlockRef[];
  /** Takes the events of all blocks up to and without `nextBlock`, and remembers that they, and which `blocks`, were read. */
  onEvents: (events: MarketEvent[], nextBlock: bigint, blocks: readonly BlockRef[]) => void;
  /** The chain replaced all blocks after this one: takes back what came of them. The next block to read is the one after it. */
  onRollback: (toBlock: bigint) => void;
  /** Called for every new head, after `onEvents`; after a {@link ContradictionError} without it, as time goes on for what is under way. */
  onHead: (head: Head) => void;
  /** Called after every look that came to its end. */
  onLook?: () => void;
  /** Called when the chain cannot be read, once until it can be again (then with `undefined`). */
  onTrouble: (error: Error | undefined) => void;
  /** The endpoint's logs left out what this block's receipts have; it was taken from there. */
  onMissingLogs: (block: bigint) => void;
  /** Of so many blocks events may be missing, as there was nothing to hold the logs against. */
  onUnchecked?: (blocks: bigint) => void;
  /** The chain cannot be followed any further; nothing is called after this. */
  onEnd: (error: ReorgTooDeepError) => void;
  /** Milliseconds between two looks at the chain. */
  pollingIntervalMs: number;
  /** Blocks that the chain may replace and that can be taken back. */
  maxReorgDepth: number;
}

export interface Follower {
  /**
   * Resolves when everything up to the head was read for the first time.
   *
   * @throws {@link ReorgTooDeepError}
   */
  readonly caughtUp: Promise<Head>;
  /** Looks at the chain now. */
  wake(): void;
  stop(): Promise<void>;
}

/**
 * Follows the chain by polling: events once they have their confirmations, and heads as they come. Each look first makes sure that the
 * chain still has what was read before.
 */
export function startFollower({
  client,
  nextBlock,
  readBlocks,
  onEvents,
  onRollback,
  onHead,
  onLook = () => {},
  onTrouble,
  onMissingLogs,
  onUnchecked = () => {},
  onEnd,
  pollingIntervalMs,
  maxReorgDepth,
}: FollowerParameters): Follower {
  const stopping = new AbortController();
  const caughtUp = Promise.withResolvers<Head>();
  // Who stops before has not waited for it.
  caughtUp.promise.catch(() => {});
  let woken = Promise.withResolvers<void>();
  const habits = unknownHabits();
  let isCaughtUp = false;
  let isInTrouble = false;
  /** Hash of the head up to which everything was read, and of the one that was told last. */
  let [seen, told]: (string | undefined)[] = [];

  /**
   * The block before the first one to read is where a reorganisation goes back to at most.
   *
   * @throws {@link ChainBehindError} if the chain does not have it yet.
   */
  async function noteFirstBlock(head: Header, signal: AbortSignal): Promise<void> {
    const next = nextBlock();
    if (readBlocks().length > 0 || next === 0n) return;
    if (next > head.number + 1n) throw new ChainBehindError(head.number, next - 1n);
    const { number, hash } = await readHeader(client, next - 1n, signal, habits);
    onEvents([], next, [{ number, hash }]);
  }

  async function checkChain(head: Header, signal: AbortSignal): Promise<void> {
    const parameters = { read: readBlocks(), head, maxReorgDepth };
    const toBlock = await commonAncestor(client, parameters, signal);
    if (toBlock !== undefined) onRollback(toBlock);
  }

  /** Confirmations count the block itself: with one, the head's own events are read. */
  async function readEvents(head: Header, signal: AbortSignal): Promise<void> {
    const last = head.number - BigInt(Math.max(0, client.confirmations - 1));
    for (let from = nextBlock(); from <= last; from = nextBlock()) {
      const before = readBlocks().find(({ number }) => number === from - 1n);
      const heard = { onMissingLogs, onUnchecked };
      const parameters = { from, last, head, before, maxReorgDepth, habits, ...heard };
      const step = await readStep(client, parameters, signal);
      onEvents(step.events, step.nextBlock, step.blocks);
    }
  }

  async function look(signal: AbortSignal): Promise<void> {
    const header = await readHeader(client, undefined, signal, habits);
    const head: Head = { number: header.number, timestamp: header.timestamp };
    let doubt: ContradictionError | undefined;
    if (header.hash !== seen) {
      await noteFirstBlock(header, signal);
      await checkChain(header, signal);
      try {
        await readEvents(header, signal);
      } catch (error) {
        if (!(error instanceof ContradictionError)) throw error;
        doubt = error;
      }
    }
    if (doubt === undefined) {
      isCaughtUp = true;
      seen = header.hash;
      if (isInTrouble) onTrouble(undefined);
      isInTrouble = false;
    }
    if (isCaughtUp && header.hash !== told) {
      told = header.hash;
      onHead(head);
    }
    if (doubt !== undefined) throw doubt;
    caughtUp.resolve(head);
  }

  async function follow(signal: AbortSignal): Promise<void> {
    let [failures, moves] = [0, 0];
    let longestMs = LONGEST_PAUSE_MS;
    while (!signal.aborted) {
      const lookedAt = performance.now();
      try {
        await look(signal);
        [failures, moves] = [0, 0];
        onLook();
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof ReorgTooDeepError) {
          caughtUp.reject(error);
          onEnd(error);
          return;
        }
        // A reorganisation under way is no trouble, as the next look sees what came of it: unless it never ends.
        if (!(error instanceof ChainMovedError) || ++moves > MOST_MOVES) {
          failures++;
          longestMs = error instanceof ContradictionError ? LONGEST_DOUBT_MS : LONGEST_PAUSE_MS;
          if (!isInTrouble) onTrouble(error as Error);
          isInTrouble = true;
        }
      }
      const backoff = { firstMs: 2 * pollingIntervalMs, longestMs, jitter: 0 };
      await pause(failures === 0 ? pollingIntervalMs : backoffMs(backoff, failures), signal);
      const sinceMs = performance.now() - lookedAt;
      await sleepUntilAborted(SHORTEST_PAUSE_MS - sinceMs, signal);
    }
  }

  /** Until the time is over or somebody calls `wake`. */
  async function pause(ms: number, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    await Promise.race([
      woken.promise,
      sleepUntilAborted(ms, AbortSignal.any([signal, over.signal])),
    ]);
    over.abort();
    woken = Promise.withResolvers();
  }

  const done = follow(stopping.signal);
  return {
    caughtUp: caughtUp.promise,
    wake: () => woken.resolve(),
    async stop() {
      stopping.abort();
      await done;
    },
  };
}

async function sleepUntilAborted(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => {});
}
