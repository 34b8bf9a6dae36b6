/** How often the parent is looked for, in milliseconds. */
const PARENT_CHECK_MS = 500;

export interface StopSignals {
  /** Aborts when the node is to finish what it has claimed, and to end then. */
  drain: AbortSignal;
  /** Aborts when it is to end now. */
  stop: AbortSignal;
}

/**
 * Translates signals into drain and stop. SIGTERM drains, SIGINT stops. Either of them stops a node that is draining, and ends a process at
 * once that is stopping. With `withParent` the end of the parent process stops the node, too.
 */
export function stopSignals({ withParent }: { withParent: boolean }): StopSignals {
  const drain = new AbortController();
  const stop = new AbortController();
  const onInterrupt = () => {
    if (stop.signal.aborted) process.exit(130);
    stop.abort();
  };
  process.on("SIGINT", onInterrupt);
  process.on("SIGTERM", () => {
    if (drain.signal.aborted || stop.signal.aborted) onInterrupt();
    else drain.abort();
  });
  if (withParent) {
    const orphaned = () => stop.abort();
    process.once("disconnect", orphaned);
    if (process.connected === false) orphaned(); // it was gone before we listened
    // Without an IPC channel nothing tells of the parent's end, but an orphan gets another parent.
    const parent = process.ppid;
    setInterval(() => {
      if (process.ppid !== parent) orphaned();
    }, PARENT_CHECK_MS).unref();
  }
  return { drain: drain.signal, stop: stop.signal };
}
