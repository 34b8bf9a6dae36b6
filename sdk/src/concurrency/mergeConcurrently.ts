import type { AbortOptions } from "./abortOptions.ts";

/**
 * Opens a stream for every item of `source`, `concurrency` at a time, and yields what they give in the order in which it
 * comes: one that is slow holds up nobody but the items that wait for its place. A reader that reads slowly is waited
 * for. The first failure of `source` or of a stream ends it all; when it fails, or its reader stops reading, everything is aborted
 * and waited for.
 */
export async function* mergeConcurrently<Item, Result>(
  source: (signal: AbortSignal) => AsyncIterable<Item>,
  concurrency: number,
  open: (item: Item, signal: AbortSignal) => AsyncIterable<Result>,
  { signal }: AbortOptions = {},
): AsyncGenerator<Result, void, undefined> {
  const stop = new AbortController();
  const anyStop = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const ready: Result[] = [];
  const running = new Set<Promise<void>>();
  let failure: { error: unknown } | undefined;

  // A condition variable: everyone who waits looks again after every change.
  let change = Promise.withResolvers<void>();
  const changed = () => {
    change.resolve();
    change = Promise.withResolvers();
  };
  const nextChange = async () => {
    anyStop.throwIfAborted();
    await change.promise;
    anyStop.throwIfAborted();
  };
  anyStop.addEventListener("abort", () => changed(), { once: true });

  function run(work: () => Promise<void>): void {
    const done = work()
      .catch((error: unknown) => {
        failure ??= { error };
      })
      .finally(() => {
        running.delete(done);
        changed();
      });
    running.add(done);
  }

  async function drain(item: Item): Promise<void> {
    for await (const result of open(item, anyStop)) {
      while (ready.length >= concurrency && failure === undefined) await nextChange();
      if (failure !== undefined) return;
      ready.push(result);
      changed();
    }
  }

  try {
    run(async () => {
      for await (const item of source(anyStop)) {
        // This work is itself one of those that run.
        while (running.size > concurrency) await nextChange();
        run(() => drain(item));
      }
    });
    for (;;) {
      signal?.throwIfAborted();
      if (ready.length > 0) {
        const [result] = ready.splice(0, 1) as [Result];
        changed();
        yield result;
      } else if (failure !== undefined) {
        throw failure.error;
      } else if (running.size === 0) {
        return;
      } else {
        await nextChange();
      }
    }
  } finally {
    stop.abort();
    await Promise.all(running);
  }
}
