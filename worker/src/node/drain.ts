import type { EventEmitter } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { pendingClaims } from "../account/gasReserve.ts";
import type { NodeEventMap } from "../kernel/events.ts";
import { UNDER_WAY, WAITING } from "../store/batchState.ts";
import type { NodeStore } from "../store/nodeStore.ts";

/** How often the database is asked besides, in milliseconds: not every way out of a claim is told. */
const LOOK_MS = 500;

/**
 * When a drained node may end: once all that it has claimed is submitted, or settled. Until a batch is settled, its worker is liable for
 * it, and is often the only one that has the results.
 */
export type DrainUntil = "submitted" | "settled";

/** Batches that are claimed, or about to be, and not so far. */
export function unfinishedBatches(
  store: Pick<NodeStore, "batches" | "transactions">,
  until: DrainUntil,
): number {
  const waiting = until === "settled" ? store.batches(...WAITING).length : 0;
  return store.batches(...UNDER_WAY).length + waiting + pendingClaims(store);
}

/**
 * Resolves when every claimed batch is as far as that or lost, or the time is over.
 * @returns the number of batches that were not finished.
 */
export async function awaitFinished(
  store: Pick<NodeStore, "batches" | "transactions">,
  events: EventEmitter<NodeEventMap>,
  { timeoutMs, until, signal }: { timeoutMs: number; until: DrainUntil; signal: AbortSignal },
): Promise<number> {
  const endsAt = performance.now() + timeoutMs;
  for (;;) {
    const left = unfinishedBatches(store, until);
    const restMs = endsAt - performance.now();
    if (left === 0 || restMs <= 0 || signal.aborted) return left;
    const looked = new AbortController();
    const news = () => looked.abort();
    events.once("batch submitted", news);
    events.once("batch lost", news);
    events.once("batch settled", news);
    const either = AbortSignal.any([looked.signal, signal]);
    await sleep(Math.min(LOOK_MS, restMs), undefined, { signal: either }).catch(() => {});
    events.off("batch submitted", news);
    events.off("batch lost", news);
    events.off("batch settled", news);
  }
}
