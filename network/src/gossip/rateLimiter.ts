export interface RateLimiter {
  /** Whether `key` may perform one more action now. If so, the action is counted. */
  take(key: string): boolean;
}

/**
 * A token bucket for each key: `perSecond` on average, `burst` at once. Full buckets are forgotten, so that strangers who
 * come and go leave nothing behind.
 * @param now - a clock in milliseconds.
 */
export function createRateLimiter(
  { perSecond, burst }: { perSecond: number; burst: number },
  now: () => number = () => performance.now(),
): RateLimiter {
  const buckets = new Map<string, { tokens: number; at: number }>();
  const msToFull = (burst / perSecond) * 1_000;
  let sweptAt = now();

  function sweep(time: number): void {
    if (time - sweptAt < msToFull) return;
    for (const [key, { at }] of buckets) if (time - at >= msToFull) buckets.delete(key);
    sweptAt = time;
  }

  return {
    take(key) {
      const time = now();
      sweep(time);
      const bucket = buckets.get(key) ?? { tokens: burst, at: time };
      const tokens = Math.min(burst, bucket.tokens + ((time - bucket.at) / 1_000) * perSecond);
      const allowed = tokens >= 1;
      buckets.set(key, { tokens: allowed ? tokens - 1 : tokens, at: time });
      return allowed;
    },
  };
}
