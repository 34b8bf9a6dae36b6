/** How often the parent is looked for, in milliseconds. */
const PARENT_CHECK_MS = 500;

/**
 * Resolves when somebody wants the process to end: SIGINT or SIGTERM, and the end of its parent if that is asked for. A
 * second signal ends it at once.
 */
export function stopRequest({ withParent }: { withParent: boolean }): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    const onSignal = () => {
      if (asked) process.exit(130);
      asked = true;
      resolve();
    };
    process.on("SIGINT", onSignal);
    process.on("SIGTERM", onSignal);
    if (!withParent) return;
    process.once("disconnect", () => resolve());
    // Without an IPC channel nothing tells of the parent's end, but an orphan gets another parent.
    const parent = process.ppid;
    setInterval(() => {
      if (process.ppid !== parent) resolve();
    }, PARENT_CHECK_MS).unref();
  });
}
