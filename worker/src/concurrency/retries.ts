export interface Retries<Key> {
  /** Whether the time to try `key` has come; always, when it did not fail. */
  isDue(key: Key): boolean;
  /** Notes a failure. Returns the milliseconds until the next try. */
  failed(key: Key): number;
  succeeded(key: Key): void;
}

/** When to try again what failed: after `firstMs`, then after twice as long each time, up to `longestMs`. */
export function createRetries<Key>({
  firstMs,
  longestMs,
}: {
  firstMs: number;
  longestMs: number;
}): Retries<Key> {
  const failures = new Map<Key, { count: number; dueAt: number }>();
  return {
    isDue: (key) => performance.now() >= (failures.get(key)?.dueAt ?? 0),
    failed(key) {
      const count = (failures.get(key)?.count ?? 0) + 1;
      const pauseMs = Math.min(firstMs * 2 ** (count - 1), longestMs);
      failures.set(key, { count, dueAt: performance.now() + pauseMs });
      return pauseMs;
    },
    succeeded(key) {
      failures.delete(key);
    },
  };
}
