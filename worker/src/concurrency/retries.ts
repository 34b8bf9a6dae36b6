import { type Backoff, backoffMs } from "@assay/queue";

/** When to try again what has failed. */
export interface Retries<Key> {
  /** Whether `key` may be tried now. A key without a failure always may. */
  isDue(key: Key): boolean;
  /** Notes a failure, calls `again` once `key` may be tried again, and returns the milliseconds until then. */
  failed(key: Key, again: () => void): number;
  succeeded(key: Key): void;
}

/** A key whose time has not come yet is looked at again after so many milliseconds. */
const EARLY_MS = 20;

export function createRetries<Key>(backoff: Backoff): Retries<Key> {
  const failures = new Map<Key, { count: number; dueAt: number }>();
  const leftMs = (key: Key) => (failures.get(key)?.dueAt ?? 0) - performance.now();
  // A timer counts from the beginning of its turn of the event loop: on a busy machine it comes early, and nothing else may wake the caller.
  function whenDue(key: Key, then: () => void): void {
    const look = () => (leftMs(key) <= 0 ? then() : setTimeout(look, EARLY_MS).unref());
    setTimeout(look, leftMs(key)).unref();
  }
  return {
    isDue: (key) => leftMs(key) <= 0,
    failed(key, again) {
      const count = (failures.get(key)?.count ?? 0) + 1;
      const pauseMs = backoffMs(backoff, count);
      failures.set(key, { count, dueAt: performance.now() + pauseMs });
      whenDue(key, again);
      return pauseMs;
    },
    succeeded(key) {
      failures.delete(key);
    },
  };
}
