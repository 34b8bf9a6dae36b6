import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

/** How long a process may take to clean up before it is killed. */
const GRACE_MS = 5_000;

/** Asks a child process to end, kills it if it does not, and resolves when it is gone. */
export async function stopProcess(
  child: ChildProcess,
  signal: NodeJS.Signals = "SIGTERM",
): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = once(child, "exit");
  child.kill(signal);
  const timer = setTimeout(() => child.kill("SIGKILL"), GRACE_MS);
  await gone;
  clearTimeout(timer);
}
