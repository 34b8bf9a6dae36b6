import { AttemptTimeoutError } from "./errors.ts";
import type { TakenRow } from "./tables.ts";
import {
  decodeOptions,
  PRIORITIES,
  type Priority,
  type StoredOptions,
  type TaskId,
} from "./task.ts";

/** A task, as its handler sees it. */
export interface Task<Payload> {
  readonly id: TaskId;
  readonly payload: Payload;
  readonly priority: Priority;
  readonly key: string | undefined;
  /** 1 for the first. */
  readonly attempt: number;
  /** Aborted when the attempt is over before it has ended: time-out, lost lease, stopping consumer. */
  readonly signal: AbortSignal;
  /** Tells how far it is, as JSON. Kept with the task while it runs. */
  progress(progress: unknown): void;
}

/** How one attempt ended. */
export type RunEnd<Payload> = { run: Run<Payload>; at: number } & (
  | { type: "done"; result: unknown; json: string }
  | { type: "failed"; error: unknown }
);

/** One attempt at one task. */
export interface Run<Payload> extends Task<Payload> {
  readonly row: TakenRow;
  readonly options: StoredOptions;
  readonly startedAt: number;
  start(handler: (task: Task<Payload>) => unknown): void;
  /** Asks the handler to end; how it does is the outcome. */
  abort(reason: Error): void;
  /** Ends the attempt here and now: whatever the handler still does is nobody's. */
  fail(reason: Error): void;
}

const ignored = () => {};

export function createRun<Payload>(
  row: TakenRow,
  {
    onEnd = ignored,
    onProgress = ignored,
  }: {
    onEnd?: (outcome: RunEnd<Payload>) => void;
    onProgress?: (progress: unknown) => void;
  } = {},
): Run<Payload> {
  return new Attempt(row, onEnd, onProgress);
}

/** A class: there may be a hundred thousand a second, and most ask neither for their signal nor for their options. */
class Attempt<Payload> implements Run<Payload> {
  readonly row: TakenRow;
  readonly payload: Payload;
  readonly options: StoredOptions;
  startedAt = 0;
  readonly #onEnd: (outcome: RunEnd<Payload>) => void;
  readonly #onProgress: (progress: unknown) => void;
  #controller: AbortController | undefined;
  #aborted: Error | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(
    row: TakenRow,
    onEnd: (outcome: RunEnd<Payload>) => void,
    onProgress: (progress: unknown) => void,
  ) {
    this.row = row;
    this.payload = JSON.parse(row.payload);
    this.options = decodeOptions(row.options);
    this.#onEnd = onEnd;
    this.#onProgress = onProgress;
  }

  get id(): TaskId {
    return this.row.id;
  }

  get priority(): Priority {
    return PRIORITIES[this.row.priority] ?? "normal";
  }

  get key(): string | undefined {
    return this.row.task_key ?? undefined;
  }

  get attempt(): number {
    return this.row.failures + 1;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#aborted !== undefined) this.#controller.abort(this.#aborted);
    return this.#controller.signal;
  }

  progress(progress: unknown): void {
    if (!this.#isOver) this.#onProgress(progress);
  }

  start(handler: (task: Task<Payload>) => unknown): void {
    this.startedAt = performance.now();
    const { timeoutMs } = this.options;
    if (timeoutMs !== undefined) {
      this.#timer = setTimeout(() => this.fail(new AttemptTimeoutError(timeoutMs)), timeoutMs);
    }
    this.#run(handler);
  }

  async #run(handler: (task: Task<Payload>) => unknown): Promise<void> {
    try {
      const result = await handler(this);
      this.#end({ type: "done", result, json: "null", run: this, at: performance.now() });
    } catch (error) {
      this.#end({
        type: "failed",
        error: this.#aborted ?? error,
        run: this,
        at: performance.now(),
      });
    }
  }

  abort(reason: Error): void {
    this.#aborted ??= reason;
    this.#controller?.abort(reason);
  }

  fail(reason: Error): void {
    this.abort(reason);
    this.#end({ type: "failed", error: reason, run: this, at: performance.now() });
  }

  #end(outcome: RunEnd<Payload>): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#onEnd(outcome);
  }
}
