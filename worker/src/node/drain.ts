import type { EventEmitter } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { pendingClaims } from "../account/gasReserve.ts";
import type { NodeEventMap } from "../kernel/events.ts";
import { UNDER_WAY } from "../store/batchState.ts";
import type { NodeStore } from "../store/nodeStore.ts";

/** How often the database is asked besides, in milliseconds: not every way out of a claim is told. */
const LOOK_MS = 500;

/** Batches that are claimed, or about to be, and not submitted. */
export function unfinishedBatches(store: Pick<NodeStore, "batches" | "transactions">): number {
  return store.batches(...UNDER_WAY).length + pendingClaims(store);
}

/**
 * Resolves when every claimed batch is submitted or lost, or the time is over.
 * @returns the number of batches that were not finished.
 */
export async function awaitFinished(
  store: Pick<NodeStore, "batches" | "transactions">,
  events: EventEmitter<NodeEventMap>,
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<number> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    const left = unfinishedBatches(store);
    const restMs = until - performance.now();
    if (left === 0 || restMs <= 0 || signal.aborted) return left;
    const looked = new AbortController();
    const news = () => looked.abort();
    events.once("batch submitted", news);
    events.once("batch lost", news);
    const either = AbortSignal.any([looked.signal, signal]);
    await sleep(Math.min(LOOK_MS, restMs), undefined, { signal: either }).catch(() => {});
    events.off("batch submitted", news);
    events.off("batch lost", news);
  }
}
