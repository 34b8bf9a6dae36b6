import type { Head } from "../chain/follower.ts";

/**
 * The chain's time now, in Unix seconds: that of the latest block, and what has passed since it was first seen here. Never ahead of the chain by
 * more than it took the block to come.
 *
 * @param now - a clock in milliseconds.
 */
export function createChainTime(
  head: () => Head,
  now: () => number = () => performance.now(),
): () => number {
  let seen: Head | undefined;
  let seenAt = 0;
  return () => {
    const latest = head();
    if (seen === undefined || latest.timestamp !== seen.timestamp) [seen, seenAt] = [latest, now()];
    return latest.timestamp + Math.floor((now() - seenAt) / 1_000);
  };
}
