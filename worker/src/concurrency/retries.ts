import { type Backoff, backoffMs } from "@assay/queue";

/** When to try again what has failed. */
export interface Retries<Key> {
  /** Whether `key` may be tried now. A key without a failure always may. */
  isDue(key: Key): boolean;
  /** Notes a failure, and returns the milliseconds until the next try. */
  failed(key: Key): number;
  succeeded(key: Key): void;
}

export function createRetries<Key>(backoff: Backoff): Retries<Key> {
  const failures = new Map<Key, { count: number; dueAt: number }>();
  return {
    isDue: (key) => performance.now() >= (failures.get(key)?.dueAt ?? 0),
    failed(key) {
      const count = (failures.get(key)?.count ?? 0) + 1;
      const pauseMs = backoffMs(backoff, count);
      failures.set(key, { count, dueAt: performance.now() + pauseMs });
      return pauseMs;
    },
    succeeded(key) {
      failures.delete(key);
    },
  };
}
