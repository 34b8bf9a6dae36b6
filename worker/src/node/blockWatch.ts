import type { Head } from "../chain/follower.ts";
import type { Progress } from "../kernel/progress.ts";

/** A chain whose next block comes so many times later than usual stands still. */
const PATIENCE = 20;
/** Share of the newest interval in what is usual. */
const SMOOTHING = 0.1;

/**
 * Detects that no new block comes: the chain stands still, or its endpoints stand still and answer nevertheless. The usual interval is
 * learned from the blocks' own times.
 * @param isLocal - blocks of a chain on one's own machine may come when somebody wants one.
 * @returns the function to call for each new head, with the one before it.
 */
export function createBlockWatch(
  progress: Progress,
  { isLocal }: { isLocal: boolean },
): (head: Head, before: Head) => void {
  let usualMs: number | undefined;
  return (head, before) => {
    if (isLocal) return;
    const blocks = Number(head.number - before.number);
    if (before.number > 0n && blocks > 0) {
      const intervalMs = Math.max(0, ((head.timestamp - before.timestamp) * 1_000) / blocks);
      usualMs = usualMs === undefined ? intervalMs : usualMs + SMOOTHING * (intervalMs - usualMs);
    }
    const withinMs = PATIENCE * (usualMs ?? 0);
    const since = new Date(head.timestamp * 1_000).toISOString();
    const reason = `a block after ${head.number}, of ${since}: the chain stands still, or its RPC endpoints do`;
    progress.moved("blocks", reason, { withinMs });
  };
}
