import { COLLECT_MS } from "../../network/src/gossip/limits.ts";
import { MAX_HINTS } from "../../network/src/gossip/message.ts";

/** A message that a peer publishes. */
export interface Publication {
  atMs: number;
  author: number;
  bytes: number;
  /** When what is in it was there to be said: each hint's time, or the message's own. */
  saidAtMs: readonly number[];
  /** Whether peers do not know the author, and may have too many of those. */
  isStranger?: boolean;
}

/**
 * What an outbox makes of one author's hints: the first is said at once, those of the next {@link COLLECT_MS} together.
 * @param times - of the hints, in order.
 */
export function collectHints(
  times: readonly number[],
  collectMs = COLLECT_MS,
): { atMs: number; saidAtMs: number[] }[] {
  const messages: { atMs: number; saidAtMs: number[] }[] = [];
  let at = 0;
  while (at < times.length) {
    const first = times[at] as number;
    // The outbox looks again after every message, until it finds nothing.
    const before = messages.at(-1);
    const nextLook = before === undefined ? first : before.atMs + collectMs;
    const atMs = Math.max(first, nextLook);
    let end = at + 1;
    while (end < times.length && end < at + MAX_HINTS && (times[end] as number) <= atMs) end++;
    messages.push({ atMs, saidAtMs: times.slice(at, end) });
    at = end;
  }
  return messages;
}

/** Messages a second that {@link collectHints} makes of hints that come by chance, so many a second. */
export function messagesOfHints(perSecond: number, collectMs = COLLECT_MS): number {
  if (perSecond === 0) return 0;
  const collectSeconds = collectMs / 1_000;
  return 1 / (collectSeconds + Math.exp(-perSecond * collectSeconds) / perSecond);
}
