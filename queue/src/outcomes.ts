import type { EventEmitter } from "node:events";
import { type Backoff, backoffMs } from "./backoff.ts";
import { ConsumerStoppedError, DeadLetterError, LeaseLostError, PostponeError } from "./errors.ts";
import type { QueueEventMap } from "./events.ts";
import { createRun, type Run, type RunEnd, type Task } from "./run.ts";
import type { Tables } from "./tables.ts";

/** A task that ended well, and what its handler returned. */
export interface DoneTask<Payload> {
  task: Task<Payload>;
  result: unknown;
}

/** What decides on how attempts end. */
export interface OutcomeParts {
  tables: Tables;
  events: EventEmitter<QueueEventMap>;
  attempts: number;
  backoff: Backoff;
  keepDoneMs: number;
  random: () => number;
}

/** Tells an event once the transaction is committed. */
type Tell = (event: () => void) => void;

type Failed<Payload> = Extract<RunEnd<Payload>, { type: "failed" }>;
type Done<Payload> = Extract<RunEnd<Payload>, { type: "done" }>;

/** Writes down how attempts of one consumer ended. Needs a transaction around it. */
export function createOutcomes<Payload>(
  parts: OutcomeParts,
  {
    isRetryable = hasHope,
    onDone,
  }: {
    isRetryable?: ((error: unknown) => boolean) | undefined;
    onDone?: ((done: readonly DoneTask<Payload>[]) => void) | undefined;
  },
) {
  const { tables, events } = parts;
  const keepsDone = parts.keepDoneMs > 0;
  const has = (name: keyof QueueEventMap) => events.listenerCount(name) > 0;

  function applyDone(all: readonly Done<Payload>[], { consumer, now, tell }: Turn): void {
    const held = new Set(
      tables.unleaseAll(
        all.map(({ run }) => run.id),
        consumer,
      ),
    );
    // Lost ones: another consumer has them.
    const done = held.size === all.length ? all : all.filter(({ run }) => held.has(run.id));
    if (done.length === 0) return;
    onDone?.(done.map(({ run, result }) => ({ task: run, result })));
    if (keepsDone) for (const { run, json } of done) tables.keepDone(run.id, now, json);
    else tables.forgetAll(done.map(({ run }) => run.row));
    if (!has("done")) return;
    for (const { run, at, result } of done) {
      const elapsedMs = at - run.startedAt;
      tell(() => events.emit("done", { ...about(run), elapsedMs, result }));
    }
  }

  function applyFailed(outcome: Failed<Payload>, { consumer, now, tell }: Turn): void {
    const { run, error } = outcome;
    const { id, row } = run;
    if (!tables.unlease(id, consumer)) return; // lost: another has it
    const elapsedMs = outcome.at - run.startedAt;
    if (error instanceof ConsumerStoppedError) {
      tables.giveBack(row);
      if (has("returned")) tell(() => events.emit("returned", { ...about(run), retryInMs: 0 }));
    } else if (error instanceof PostponeError) {
      const retryInMs = Math.max(0, error.delayMs);
      tables.postpone(id, now + retryInMs);
      if (has("returned")) tell(() => events.emit("returned", { ...about(run), retryInMs }));
    } else if (run.attempt >= (run.options.attempts ?? parts.attempts) || !isRetryable(error)) {
      const reason = messageOf(error);
      tables.dead(id, run.attempt, now, reason);
      if (has("dead")) tell(() => events.emit("dead", { ...about(run), reason, error }));
    } else {
      const retryInMs = backoffMs(run.options.backoff ?? parts.backoff, run.attempt, parts.random);
      tables.delay(id, run.attempt, messageOf(error), now + retryInMs);
      const failed = { ...about(run), elapsedMs, error, retryInMs };
      if (has("failed")) tell(() => events.emit("failed", failed));
    }
  }

  return (batch: readonly RunEnd<Payload>[], turn: Turn): void => {
    const done: Done<Payload>[] = [];
    for (const outcome of batch) {
      if (outcome.type === "done") done.push(outcome);
      else applyFailed(outcome, turn);
    }
    if (done.length > 0) applyDone(done, turn);
  };
}

interface Turn {
  consumer: number;
  now: number;
  tell: Tell;
}

/**
 * Ends a consumer that is not there any more: its tasks are ready again, at once. It counts as a failure, so that a task that
 * takes its process down does not do so for ever.
 */
export function returnLeases(
  {
    tables,
    events,
    attempts,
    tell,
  }: Pick<OutcomeParts, "tables" | "events" | "attempts"> & { tell: Tell },
  consumer: number,
  now: number,
): void {
  for (const row of tables.leasesOf(consumer)) {
    const run = createRun(row);
    const of = about(run);
    const error = new LeaseLostError();
    tables.unlease(row.id, consumer);
    if (run.attempt >= (run.options.attempts ?? attempts)) {
      const reason = "Its consumer ended, or stood still, in every attempt.";
      tables.dead(row.id, run.attempt, now, reason);
      tell(() => events.emit("dead", { ...of, reason, error }));
    } else {
      tables.failed(row.id, run.attempt, error.message);
      tables.giveBack(row);
      tell(() => events.emit("lapsed", of));
    }
  }
  tables.leave(consumer);
}

/** A run in events. */
export function about({ id, key, attempt }: Pick<Run<unknown>, "id" | "key" | "attempt">) {
  return { id, key, attempt };
}

function hasHope(error: unknown): boolean {
  if (error instanceof DeadLetterError) return false;
  return !(
    typeof error === "object" &&
    error !== null &&
    "retryable" in error &&
    error.retryable === false
  );
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error && typeof error.code === "string" ? `${error.code}: ` : "";
  return error instanceof DeadLetterError ? error.message : `${code}${error.message || error.name}`;
}
