import { setTimeout as sleep } from "node:timers/promises";
import type { MarketClient, MarketEvent } from "@assay/sdk";
import { abortable } from "../concurrency/abortable.ts";

/** Blocks whose events are asked for in one go and noted in one step. */
const BLOCKS_PER_STEP = 10_000n;
/** Longest pause between two tries while the chain is out of reach, in milliseconds. */
const LONGEST_PAUSE_MS = 30_000;
/** Hints make the node look sooner, but there are at least so many milliseconds between two looks. */
const SHORTEST_PAUSE_MS = 50;

/** A block as the node's clock: everything that depends on time goes by the chain's. */
export interface Head {
  number: bigint;
  /** Unix seconds. */
  timestamp: number;
}

export interface FollowerParameters {
  client: Pick<MarketClient, "public" | "getMarketEvents" | "confirmations">;
  /** First block whose events were not read. */
  nextBlock: () => bigint;
  /** Takes the events of all blocks up to and without `nextBlock`, and remembers that they were read. */
  onEvents: (events: MarketEvent[], nextBlock: bigint) => void;
  /** Called for every new head, after `onEvents`. */
  onHead: (head: Head) => void;
  /** Called when the chain cannot be read, once until it can be again (then with `undefined`). */
  onTrouble: (error: Error | undefined) => void;
  /** Milliseconds between two looks at the chain. */
  pollingIntervalMs: number;
}

export interface Follower {
  /** Resolves when everything up to the head was read for the first time. */
  readonly caughtUp: Promise<Head>;
  /** Looks at the chain now. */
  wake(): void;
  stop(): Promise<void>;
}

/** Follows the chain by polling: events once they have their confirmations, and heads as they come. */
export function startFollower({
  client,
  nextBlock,
  onEvents,
  onHead,
  onTrouble,
  pollingIntervalMs,
}: FollowerParameters): Follower {
  const stopping = new AbortController();
  const caughtUp = Promise.withResolvers<Head>();
  let woken = Promise.withResolvers<void>();

  /** Confirmations count the block itself: with one, the head's own events are read. */
  async function readEvents(head: Head, signal: AbortSignal): Promise<void> {
    const last = head.number - BigInt(Math.max(0, client.confirmations - 1));
    for (let from = nextBlock(); from <= last; from = nextBlock()) {
      const end = from + BLOCKS_PER_STEP - 1n;
      const toBlock = end < last ? end : last;
      onEvents(await client.getMarketEvents({ fromBlock: from, toBlock, signal }), toBlock + 1n);
    }
  }

  async function follow(signal: AbortSignal): Promise<void> {
    let seen: string | null | undefined;
    let failures = 0;
    while (!signal.aborted) {
      const lookedAt = performance.now();
      try {
        // viem's own requests cannot be aborted, and may be retried for long.
        const { number, hash, timestamp } = await abortable(client.public.getBlock(), signal);
        const head: Head = { number, timestamp: Number(timestamp) };
        await readEvents(head, signal);
        if (failures > 0) onTrouble(undefined);
        failures = 0;
        if (hash !== seen) onHead(head);
        seen = hash;
        caughtUp.resolve(head);
      } catch (error) {
        if (signal.aborted) return;
        failures++;
        if (failures === 1) onTrouble(error as Error);
      }
      const backoffMs = Math.min(pollingIntervalMs * 2 ** Math.min(failures, 10), LONGEST_PAUSE_MS);
      const pauseMs = failures === 0 ? pollingIntervalMs : backoffMs;
      await pause(pauseMs, signal);
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
