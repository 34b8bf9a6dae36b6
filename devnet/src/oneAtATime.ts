import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";

/** Pause between two looks at a lock that another process has, in milliseconds. */
const PAUSE_MS = 100;
const SQLITE_BUSY = 5;

/**
 * Runs `action` while no other process of this machine runs one under the same lock file. A process that dies gives the lock back:
 * SQLite's locks are the operating system's.
 */
export async function oneAtATime<T>(lockFile: string, action: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(lockFile), { recursive: true });
  const lock = new DatabaseSync(lockFile, { timeout: 0 });
  try {
    while (!take(lock)) await sleep(PAUSE_MS);
    return await action();
  } finally {
    lock.close();
  }
}

function take(lock: DatabaseSync): boolean {
  try {
    lock.exec("BEGIN EXCLUSIVE");
    return true;
  } catch (error) {
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw error;
    return false;
  }
}
