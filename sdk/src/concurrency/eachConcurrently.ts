export interface EachConcurrentlyParameters<T> {
  source: AsyncIterable<T>;
  /** Most actions at a time. */
  concurrency: number;
  /** The weight of an item. The items under way weigh at most `capacity` together, unless there is only one. */
  weigh: (item: T) => number;
  capacity: number;
  action: (item: T, signal: AbortSignal) => Promise<void>;
  signal: AbortSignal;
}

/** Runs `action` for every item, several at a time. The first failure aborts the others and is thrown. */
export async function eachConcurrently<T>({
  source,
  concurrency,
  weigh,
  capacity,
  action,
  signal,
}: EachConcurrentlyParameters<T>): Promise<void> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const running = new Set<Promise<void>>();
  let weight = 0;

  try {
    for await (const item of source) {
      const itemWeight = weigh(item);
      while (running.size >= concurrency || (running.size > 0 && weight + itemWeight > capacity)) {
        await Promise.race(running);
      }
      either.throwIfAborted();
      weight += itemWeight;
      const run = action(item, either).finally(() => {
        running.delete(run);
        weight -= itemWeight;
      });
      run.catch((error) => failed.abort(error));
      running.add(run);
    }
    await Promise.all(running);
    either.throwIfAborted();
  } catch (error) {
    failed.abort(error);
    await Promise.allSettled(running);
    throw failed.signal.reason;
  }
}
