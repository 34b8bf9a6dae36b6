import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

/** How long a process may take to clean up before it is killed. Nothing of a local network is worth more. */
const GRACE_MS = 2_000;

const hasGroups = process.platform !== "win32";

/**
 * Options of `fork` for a process that is ended together with all that it has started: it leads a process group of its own. A terminal's
 * Ctrl-C does not reach it.
 */
export const inOwnGroup = { detached: hasGroups };

/** Kills a process that leads a group, and all that it has started. Nothing happens if they are gone. */
export function killGroup(pid: number): void {
  try {
    process.kill(hasGroups ? -pid : pid, "SIGKILL");
  } catch {
    // Nobody is left of it.
  }
}

/** Whether anybody of the group is left. */
export function isGroupAlive(pid: number): boolean {
  try {
    process.kill(hasGroups ? -pid : pid, 0);
    return true;
  } catch {
    return false;
  }
}

export function isRunning({ exitCode, signalCode, pid }: ChildProcess): boolean {
  return pid !== undefined && exitCode === null && signalCode === null;
}

/** Asks a child process to end, kills it and its group if it does not, and resolves when it is gone. */
export async function stopProcess(
  child: ChildProcess,
  signal: NodeJS.Signals = "SIGTERM",
): Promise<void> {
  const { pid } = child;
  if (pid === undefined || !isRunning(child)) return;
  const gone = once(child, "exit");
  child.kill(signal);
  const timer = setTimeout(() => killGroup(pid), GRACE_MS);
  await gone;
  clearTimeout(timer);
}
