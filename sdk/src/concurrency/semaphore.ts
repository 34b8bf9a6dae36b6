export interface Semaphore {
  /** Runs `action` when fewer than the limit are running; throws the signal's reason if it aborts before that. */
  run<T>(action: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}

/** Lets at most `limit` actions run at a time, first come, first served. */
export function createSemaphore(limit: number): Semaphore {
  const waiting: (() => void)[] = [];
  let free = limit;

  async function enter(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (free > 0) {
      free--;
      return;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onAbort = () => {
      waiting.splice(waiting.indexOf(resolve), 1);
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    waiting.push(resolve);
    await promise;
    signal?.removeEventListener("abort", onAbort);
  }

  function leave(): void {
    const next = waiting.shift();
    if (next === undefined) free++;
    else next(); // the place is handed on
  }

  return {
    async run(action, signal) {
      await enter(signal);
      try {
        return await action();
      } finally {
        leave();
      }
    },
  };
}
