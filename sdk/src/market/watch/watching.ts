import type { WatchOptions } from "./followLogs.ts";

/** Ends a watch. Nothing is called any more, but for a call that is under way. */
export type Unwatch = () => void;

/**
 * Hands the items of a stream to a callback, one after the other, waiting for each.
 *
 * An error that ends it goes to `onError`; without one it is an unhandled rejection, since nobody else would hear of it.
 */
export function callEach<Item>(
  open: (signal: AbortSignal) => AsyncIterable<Item>,
  onItem: (item: Item) => unknown,
  { onError, signal }: Pick<WatchOptions, "onError" | "signal">,
): Unwatch {
  const stop = new AbortController();
  const any = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const run = async () => {
    try {
      for await (const item of open(any)) {
        if (any.aborted) return;
        await onItem(item);
      }
    } catch (error) {
      if (any.aborted) return;
      if (onError === undefined) throw error;
      onError(error, true);
    }
  };
  void run(); // never settled early: what it throws is meant to be heard of
  return () => stop.abort();
}
