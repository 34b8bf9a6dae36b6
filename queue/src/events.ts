import type { TaskId } from "./task.ts";

interface OfTask {
  id: TaskId;
  key: string | undefined;
  /** 1, 2, … */
  attempt: number;
}

/** The events of a queue in this process, emitted after the commit. Times are milliseconds. */
export interface QueueEventMap {
  /** A consumer has it. */
  started: [OfTask];
  done: [OfTask & { elapsedMs: number; result: unknown }];
  /** An attempt failed, and another follows. */
  failed: [OfTask & { elapsedMs: number; error: unknown; retryInMs: number }];
  /** It came back without an attempt counted: its handler postponed it, or its consumer stopped. */
  returned: [OfTask & { retryInMs: number }];
  /** No attempt is left, or none would help. */
  dead: [OfTask & { reason: string; error: unknown }];
  /** Its consumer's time ran out: that process died, or stood still. */
  lapsed: [OfTask];
  /** Not stored yet: told at once. */
  progress: [OfTask & { progress: unknown }];
  /** The database did not do what it should (full disk, locked): tried again after a pause. */
  trouble: [error: unknown];
}
