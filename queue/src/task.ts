import type { Backoff } from "./backoff.ts";
import { QueueInvalidError } from "./errors.ts";

export const PRIORITIES = ["critical", "high", "normal", "low"] as const;
export type Priority = (typeof PRIORITIES)[number];

export type TaskState = "ready" | "delayed" | "leased" | "done" | "dead";

/** Grows with the time at which tasks were added. */
export type TaskId = number;

export interface TaskOptions {
  /** Default: `normal`. Within a priority the oldest comes first. */
  priority?: Priority | undefined;
  /** Tags that a consumer must have, all of them, to get this task. Default: none. */
  tags?: readonly string[] | undefined;
  /** Idempotency key: while there is a task with it in the queue, in whatever state, no second one is added. */
  key?: string | undefined;
  /** Not before so many milliseconds from now. */
  delayMs?: number | undefined;
  /** Not before this moment, in milliseconds of `Date.now()`. */
  runAt?: number | undefined;
  /** How often it is tried before it is dead; `Infinity` for ever. Default: the queue's. */
  attempts?: number | undefined;
  /** Default: the queue's. */
  backoff?: Backoff | undefined;
  /** An attempt that takes longer has failed, in milliseconds. Default: none. */
  timeoutMs?: number | undefined;
}

export interface NewTask<Payload> extends TaskOptions {
  /** JSON. Large things belong elsewhere, with their name in here. */
  payload: Payload;
}

/** A task as it lies in the queue. */
export interface TaskRecord<Payload> {
  id: TaskId;
  state: TaskState;
  payload: Payload;
  priority: Priority;
  tags: string[];
  key: string | undefined;
  /** Milliseconds of `Date.now()`. */
  addedAt: number;
  /** When a delayed one is due. */
  runAt: number | undefined;
  /** Attempts that failed so far. */
  failures: number;
  /** Message of the latest failure; for a dead task, the reason of its death. */
  error: string | undefined;
  /** The latest progress that a leased task's handler reported. */
  progress: unknown;
  /** The result that a done task's handler returned. */
  result: unknown;
}

/** Options of one task that differ from its queue's, as they are stored. */
export interface StoredOptions {
  /** 0: for ever. */
  attempts?: number | undefined;
  backoff?: Backoff | undefined;
  timeoutMs?: number | undefined;
}

export function encodeOptions({ attempts, backoff, timeoutMs }: TaskOptions): string | null {
  if (attempts === undefined && backoff === undefined && timeoutMs === undefined) return null;
  const stored: StoredOptions = { attempts: encodeAttempts(attempts), backoff, timeoutMs };
  return JSON.stringify(stored);
}

function encodeAttempts(attempts: number | undefined): number | undefined {
  return attempts === Number.POSITIVE_INFINITY ? 0 : attempts;
}

export function decodeOptions(json: string | null): StoredOptions {
  if (json === null) return {};
  const options: StoredOptions = JSON.parse(json);
  return options.attempts === 0 ? { ...options, attempts: Number.POSITIVE_INFINITY } : options;
}

/** JSON of what a caller gave. @throws {@link QueueInvalidError} when it has none. */
export function encodeJson(value: unknown, what: string): string {
  try {
    return JSON.stringify(value) ?? "null";
  } catch (cause) {
    throw new QueueInvalidError(
      `The ${what} has no JSON (${(cause as Error).message}): encode what it contains.`,
      { cause },
    );
  }
}

/** @throws {@link QueueInvalidError} */
export function checkTask(task: TaskOptions): void {
  const { priority, tags, key, delayMs, runAt } = task;
  if (priority !== undefined && !PRIORITIES.includes(priority)) {
    throw new QueueInvalidError(
      `A priority is one of ${PRIORITIES.join(", ")}, not ${String(priority)}.`,
    );
  }
  if (tags !== undefined) checkTags(tags);
  if (key === "") throw new QueueInvalidError("A key is not empty: leave it out instead.");
  if (delayMs !== undefined && runAt !== undefined) {
    throw new QueueInvalidError("A task has a delayMs or a runAt, not both.");
  }
  if (delayMs !== undefined) checkNumber("delayMs", delayMs, 0);
  if (runAt !== undefined) checkNumber("runAt", runAt, 0);
  checkRetrying(task);
}

export function checkTags(tags: readonly string[]): void {
  if (!tags.every((tag) => typeof tag === "string" && tag !== "")) {
    throw new QueueInvalidError("A tag is a string that is not empty.");
  }
}

export function checkRetrying({ attempts, backoff, timeoutMs }: StoredOptions): void {
  if (attempts !== undefined && attempts !== Number.POSITIVE_INFINITY)
    checkCount("attempts", attempts);
  if (timeoutMs !== undefined) checkNumber("timeoutMs", timeoutMs, 1);
  if (backoff === undefined) return;
  checkNumber("backoff.firstMs", backoff.firstMs, 0);
  if (backoff.factor !== undefined) checkNumber("backoff.factor", backoff.factor, 1);
  if (backoff.longestMs !== undefined) checkNumber("backoff.longestMs", backoff.longestMs, 0);
  if (backoff.jitter !== undefined && !(backoff.jitter >= 0 && backoff.jitter <= 1)) {
    throw new QueueInvalidError(`backoff.jitter is 0 to 1, not ${backoff.jitter}.`);
  }
}

export function checkCount(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new QueueInvalidError(`${name} is a whole number from 1 on, not ${value}.`);
  }
}

export function checkNumber(name: string, value: number, least: number): void {
  if (!Number.isFinite(value) || value < least) {
    throw new QueueInvalidError(`${name} is a number from ${least} on, not ${value}.`);
  }
}
