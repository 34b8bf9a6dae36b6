import type { RunLimits, Runner, RunResult } from "@assay/runners";
import { RunnerBrokenError } from "../define/errors.ts";

/** Tasks that wait for a runner to take them. */
const AHEAD = 64;
/** So long a runner that wants more is kept waiting unless it asks for longer, in milliseconds; then its run is ended, so that it finishes what it has. */
export const LINGER_MS = 50;

/** A runner of a run, and how long it waits for more. */
export interface OpenRunner {
  runner: Runner;
  lingerMs: number;
}

export interface FeedParameters<Task> extends OpenRunner {
  program: Uint8Array;
  limits: RunLimits;
  signal: AbortSignal;
  inputOf(task: Task): Uint8Array;
  onResult(task: Task, result: RunResult): void;
  /** The runner failed while it had these. */
  onFailure(tasks: Task[], error: unknown): void;
  /** It wants more. */
  onRoom(): void;
}

/** One run of the runner. */
interface Session<Task> {
  /** By position: what it has given no result for. */
  given: Map<number, Task>;
  taken: number;
}

/**
 * Gives a runner tasks as they come, by one run after the other: a run that gets nothing for a while is ended, since there are runners that
 * only begin when they have a whole batch, or know that there will be none.
 */
export class Feed<Task> {
  readonly #parameters: FeedParameters<Task>;
  #queue: Task[] = [];
  #isRunning = false;
  #isLast = false;
  #arrived: (() => void) | undefined;

  constructor(parameters: FeedParameters<Task>) {
    this.#parameters = parameters;
  }

  get hasRoom(): boolean {
    return this.#queue.length < AHEAD;
  }

  push(task: Task): void {
    this.#queue.push(task);
    this.#arrived?.();
    if (!this.#isRunning) void this.#run();
  }

  /** Nothing will come any more: whoever waits for more need not. */
  end(): void {
    this.#isLast = true;
    this.#arrived?.();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    const { runner, program, limits, signal, onResult, onFailure } = this.#parameters;
    const given = new Map<number, Task>();
    const session = { given, taken: 0 };
    try {
      const results = runner.run({ program, limits, signal, inputs: this.#inputs(session) });
      for await (const result of results) {
        const task = given.get(result.position);
        if (task === undefined) {
          throw new RunnerBrokenError(
            runner.name,
            `gave a result for position ${result.position}, which it was not given`,
          );
        }
        given.delete(result.position);
        onResult(task, result);
      }
      const lost = session.taken === 0 ? this.#queue.length : given.size;
      if (lost > 0) {
        throw new RunnerBrokenError(runner.name, `ended without a result for ${lost} inputs`);
      }
    } catch (error) {
      onFailure([...given.values()], error);
      // Who failed before it took anything would fail again, and again.
      if (session.taken === 0) onFailure(this.#queue.splice(0), error);
    }
    this.#isRunning = false;
    if (this.#queue.length > 0 && !signal.aborted) void this.#run();
  }

  async *#inputs(session: Session<Task>): AsyncGenerator<Uint8Array> {
    for (let position = 0; ; position++) {
      if (this.#queue.length === 0 && !(await this.#more())) return;
      const task = this.#queue.shift() as Task;
      session.given.set(position, task);
      session.taken++;
      const input = this.#parameters.inputOf(task);
      if (this.#queue.length === AHEAD >> 1 || this.#queue.length === 0) this.#parameters.onRoom();
      yield input;
    }
  }

  /** Waits for a task. @returns `false` when none came in time. */
  async #more(): Promise<boolean> {
    this.#parameters.onRoom();
    if (this.#queue.length > 0) return true;
    if (this.#isLast || this.#parameters.signal.aborted) return false;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, this.#parameters.lingerMs);
    this.#arrived = resolve;
    await promise;
    this.#arrived = undefined;
    clearTimeout(timer);
    return this.#queue.length > 0;
  }
}
