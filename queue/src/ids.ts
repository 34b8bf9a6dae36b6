import { clockMs } from "./clock.ts";
import type { TaskId } from "./task.ts";

/** Ids of one millisecond. */
const PER_MS = 4_096;
/** Milliseconds are counted from 2026 on, so that ids stay exact numbers until 2095. */
const EPOCH_MS = Date.UTC(2026, 0, 1);

/**
 * Ids in the order of time. SQLite's own would be given twice: the highest is free again once its row is gone.
 * @param highest - the highest id so far: the clock may have been set back.
 */
export function createIds(highest: TaskId): () => TaskId {
  let latest = highest;
  return () => {
    latest = Math.max(latest + 1, (clockMs() - EPOCH_MS) * PER_MS);
    return latest;
  };
}

/** When the task with this id was added, in milliseconds of `Date.now()`. */
export function addedAtOf(id: TaskId): number {
  return Math.floor(id / PER_MS) + EPOCH_MS;
}
