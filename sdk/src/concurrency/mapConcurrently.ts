import type { AbortOptions } from "./abortOptions.ts";

/**
 * Maps a stream with at most `concurrency` items under way, and yields what comes out in the order of what went in.
 * It reads no further ahead than that, so a stream of any length takes bounded memory. Failures come in their turn as well,
 * those of `source` after what was read from it. When it fails, or its reader stops reading, what is under way is aborted and
 * waited for: nothing goes on behind the reader's back.
 */
export async function* mapConcurrently<Item, Result>(
  source: Iterable<Item> | AsyncIterable<Item>,
  concurrency: number,
  map: (item: Item, signal: AbortSignal) => Promise<Result>,
  { signal }: AbortOptions = {},
): AsyncGenerator<Result, void, undefined> {
  const stop = new AbortController();
  const anyStop = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const underWay: Promise<Result>[] = [];
  let broken: { error: unknown } | undefined;
  async function* read() {
    try {
      yield* source;
    } catch (error) {
      broken = { error };
    }
  }
  try {
    for await (const item of read()) {
      signal?.throwIfAborted();
      const result = map(item, anyStop);
      // A failure is thrown when its turn comes; until then it is not an unhandled one.
      result.catch(() => {});
      underWay.push(result);
      if (underWay.length >= concurrency) yield await next(underWay);
    }
    while (underWay.length > 0) yield await next(underWay);
    if (broken !== undefined) throw broken.error;
  } finally {
    stop.abort();
    await Promise.allSettled(underWay);
  }
}

/** The oldest stays in the list until it is settled, so that a reader who stops waits for it too. */
async function next<Result>(underWay: Promise<Result>[]): Promise<Result> {
  const result = await (underWay[0] as Promise<Result>);
  underWay.shift();
  return result;
}
