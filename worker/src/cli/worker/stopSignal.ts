/** How often the parent is looked for, in milliseconds. */
const PARENT_CHECK_MS = 500;

/**
 * Aborts when somebody wants the process to end: on SIGINT or SIGTERM, and at the end of its parent if that is asked for. A
 * second signal ends the process at once.
 */
export function stopSignal({ withParent }: { withParent: boolean }): AbortSignal {
  const controller = new AbortController();
  const stop = () => controller.abort();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(130);
    stop();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  if (withParent) {
    process.once("disconnect", stop);
    if (process.connected === false) stop(); // it was gone before we listened
    // Without an IPC channel nothing tells of the parent's end, but an orphan gets another parent.
    const parent = process.ppid;
    setInterval(() => {
      if (process.ppid !== parent) stop();
    }, PARENT_CHECK_MS).unref();
  }
  return controller.signal;
}
