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

/** Longest pause between two attempts while the chain is unreachable, in milliseconds. */
const LONGEST_PAUSE_MS = 30_000;
/** The same while the endpoints contradict themselves; such an attempt takes two requests. */
const LONGEST_DOUBT_MS = 5_000;
/** Shortest pause between two polls, in milliseconds, even if hints ask for an earlier one. */
const SHORTEST_PAUSE_MS = 50;

/** Number of consecutive polls interrupted by a reorganisation before that counts as trouble. */
const MOST_MOVES = 5;

/** A block as the node's clock: everything that depends on time uses the chain's time. */
export interface Head {
  number: bigint;
  /** Unix seconds. */
  timestamp: number;
}

export interface FollowerParameters {
  client: ReadingClient & Pick<MarketClient, "confirmations">;
  /** First block whose events were not read. */
  nextBlock: () => bigint;
  /** The last blocks that were read, newest first. They cover at least `maxReorgDepth` blocks. */
  readBlocks: () => readonly BlockRef[];
  /** Takes the events of all blocks before `nextBlock`, and records which `blocks` were read. */
  onEvents: (events: MarketEvent[], nextBlock: bigint, blocks: readonly BlockRef[]) => void;
  /** Called when the chain replaced all blocks after this one: undoes their effects. The next block to read is the one after `toBlock`. */
  onRollback: (toBlock: bigint) => void;
  /**
   * Called for every new head, after `onEvents`. After a {@link ContradictionError} it is called without `onEvents`, as time passes for the
   * work under way.
   */
  onHead: (head: Head) => void;
  /** Called after every completed poll. */
  onLook?: () => void;
  /** Called once when the chain becomes unreadable, and with `undefined` when it is readable again. */
  onTrouble: (error: Error | undefined) => void;
  /** Called when the endpoint's logs lack events of this block. The events were taken from its receipts. */
  onMissingLogs: (block: bigint) => void;
  /** Called with the number of blocks whose logs could not be checked. Events may be missing there. */
  onUnchecked?: (blocks: bigint) => void;
  /** Called when the chain cannot be followed any further. No callback is called after it. */
  onEnd: (error: ReorgTooDeepError) => void;
  /** Milliseconds between two polls of the chain. */
  pollingIntervalMs: number;
  /** Number of blocks that the chain may replace and that the node can undo. */
  maxReorgDepth: number;
}

export interface Follower {
  /**
   * Resolves when all blocks up to the head have been read for the first time.
   *
   * @throws {@link ReorgTooDeepError}
   */
  readonly caughtUp: Promise<Head>;
  /** Polls the chain now. */
  wake(): void;
  stop(): Promise<void>;
}

/**
 * Follows the chain by polling. It delivers events once they have their confirmations, and heads as they come. Each poll first checks that
 * the chain still has the blocks read before.
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
  // If the follower is stopped earlier, nobody waits for this promise.
  caughtUp.promise.catch(() => {});
  let woken = Promise.withResolvers<void>();
  const habits = unknownHabits();
  let isCaughtUp = false;
  let isInTrouble = false;
  /** Hash of the head up to which everything was read, and of the head that was reported last. */
  let [seen, told]: (string | undefined)[] = [];

  /**
   * Notes the block before the first one to read: no rollback goes further back.
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

  /** Reads the confirmed events. A block counts as its own first confirmation: with one, the head's own events are read. */
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
        // A reorganisation under way is no trouble unless it never ends: the next poll sees its result.
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

  /** Waits until the time is over or `wake` is called. */
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
