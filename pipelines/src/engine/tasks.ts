import type { RunResult } from "@assay/runners";
import { Outcome } from "@assay/sdk/protocol";
import { StepFailedError } from "../define/errors.ts";
import type { FunctionWork } from "../define/step.ts";
import { type Content, contentOf, keyOf } from "../store/content.ts";
import { taskKey } from "../store/memoKey.ts";
import { encodeParts } from "../store/parts.ts";
import type { Memo } from "../store/store.ts";
import { Feed, type OpenRunner } from "./feed.ts";
import type { Path } from "./message.ts";
import { isPromise, isSkipped, messageOf, pauseBefore } from "./policy.ts";
import type { StepRun } from "./stepRun.ts";
import { baseOf, contextOf, isFirst } from "./taskBase.ts";

/** A plan's answer: what comes out is not known. */
export const NOT_KNOWN = "not known";
/** What came of a task: what is remembered of it, or nothing, if it was skipped. */
export type TaskEnd = Memo | typeof NOT_KNOWN | undefined;

export interface Task {
  path: Path;
  /** Missing ones: not known, in a plan. */
  inputs: readonly (Content | undefined)[];
  settle(end: TaskEnd): void;
}

interface Attempt {
  task: Task;
  inputs: readonly Content[];
  key: Uint8Array;
  failures: number;
}

/** Carries out the tasks of a step: looks up what is remembered, and computes the rest, each once. */
export class Tasks {
  readonly #step: StepRun;
  readonly #base: Uint8Array;
  readonly #feed: Feed<Attempt> | undefined;
  /** By key: the tasks that wait for the same computation. */
  #waiting: Map<string, Task[]> | undefined;
  /** Keys that a plan counted. */
  #planned: Set<string> | undefined;
  #calls = 0;

  constructor(step: StepRun, runner: OpenRunner | undefined) {
    this.#step = step;
    this.#base = baseOf(step.definition, step.run.origin);
    const { work } = step.definition;
    if (work?.kind !== "program" || runner === undefined) return;
    this.#feed = new Feed({
      ...runner,
      ...{ program: work.wasm, limits: work.limits, signal: step.run.signal },
      inputOf: ({ inputs }) => this.#programInput(inputs),
      onResult: (attempt, result) => this.#ended(attempt, memoOf(result)),
      onFailure: (attempts, error) => {
        for (const attempt of attempts) this.#failed(attempt, error);
      },
      onRoom: () => step.run.wake(step),
    });
  }

  get hasRoom(): boolean {
    return this.#feed?.hasRoom ?? this.#calls < this.#step.definition.concurrency;
  }

  /** Nothing will come any more. */
  end(): void {
    this.#feed?.end();
  }

  /** `task.settle` is called once, in this call or later. */
  start(task: Task): void {
    const { run, dry } = this.#step;
    const inputs = task.inputs.filter((input) => input !== undefined);
    if (inputs.length < task.inputs.length) {
      dry.toRun++;
      task.settle(NOT_KNOWN);
      return;
    }
    let given: readonly Content[];
    try {
      given = this.#given(inputs);
    } catch (error) {
      this.#giveUp([task], messageOf(error), error);
      return;
    }
    const key = taskKey(this.#base, given);
    const known = run.store.memo(key);
    if (known !== undefined) {
      dry.reused++;
      this.#step.record("reused", task.path);
      this.#settle(task, known);
      return;
    }
    if (run.isDry) {
      this.#planned ??= new Set();
      if (isFirst(this.#planned, key)) dry.toRun++;
      else dry.reused++;
      task.settle(NOT_KNOWN);
      return;
    }
    const others = this.#waiting?.get(keyOf(key));
    if (others !== undefined) others.push(task);
    else this.#begin({ task, inputs: given, key, failures: 0 });
  }

  #begin(attempt: Attempt): void {
    const { work } = this.#step.definition;
    if (this.#feed !== undefined) {
      this.#step.record("started", attempt.task.path);
      this.#wait(attempt, []);
      this.#feed.push(attempt);
      return;
    }
    if (work?.kind !== "function") throw new TypeError("a program without a runner");
    let result: unknown;
    try {
      result = this.#call(work, attempt);
      if (!isPromise(result)) {
        this.#ended(attempt, this.#memoOfValue(result));
        return;
      }
    } catch (error) {
      this.#failed(attempt, error);
      return;
    }
    this.#step.record("started", attempt.task.path);
    this.#wait(attempt, []);
    void this.#await(attempt, result);
  }

  async #await(attempt: Attempt, result: PromiseLike<unknown>): Promise<void> {
    this.#calls++;
    const release = this.#step.run.hold();
    let memo: Memo;
    try {
      memo = this.#memoOfValue(await result);
    } catch (error) {
      this.#failed(attempt, error);
      return;
    } finally {
      this.#calls--;
      release();
      this.#step.run.wake(this.#step);
    }
    this.#ended(attempt, memo);
  }

  #call({ run }: FunctionWork, { task, inputs, key }: Attempt): unknown {
    const { store, signal } = this.#step.run;
    const { types, definition } = this.#step;
    const values = inputs.map((input, i) => {
      const type = types[definition.kind === "join" ? i : 0];
      const bytes = store.read(input);
      return type === undefined ? bytes : type.decode(bytes);
    });
    return run(values, contextOf(task.path, key, signal));
  }

  #memoOfValue(value: unknown): Memo {
    const { kind, gives } = this.#step.definition;
    if (kind === "filter") return { outcome: value ? "ok" : "gap", contents: [] };
    return { outcome: "ok", contents: [contentOf(gives.encode(value))] };
  }

  /** What is computed from: of a typed program the bytes that it is given, since others may write the same item in another way. */
  #given(inputs: readonly Content[]): readonly Content[] {
    const { definition, run, types } = this.#step;
    const { work, kind } = definition;
    const [only] = inputs;
    const [type] = types;
    if (work?.kind !== "program" || work.encode === undefined || kind === "reduce") return inputs;
    if (only === undefined || type === undefined) return inputs;
    return [contentOf(work.encode(type.decode(run.store.read(only))))];
  }

  #programInput(inputs: readonly Content[]): Uint8Array {
    const parts = inputs.map((input) => this.#step.run.store.read(input));
    const [only] = parts;
    return this.#step.definition.kind === "reduce" || only === undefined
      ? encodeParts(parts)
      : only;
  }

  #ended(attempt: Attempt, memo: Memo): void {
    const { run } = this.#step;
    run.store.remember(attempt.key, memo);
    if (run.isOver) return;
    for (const [i, task] of this.#those(attempt).entries()) {
      this.#step.record(i === 0 ? "done" : "reused", task.path);
      this.#settle(task, memo);
    }
  }

  /** The task of an attempt and those that wait for it. */
  #those({ task, key }: Attempt): Task[] {
    if (this.#waiting === undefined) return [task];
    const name = keyOf(key);
    const others = this.#waiting.get(name) ?? [];
    this.#waiting.delete(name);
    return [task, ...others];
  }

  /** Lets others wait for the same. */
  #wait({ key }: Attempt, others: Task[]): void {
    this.#waiting ??= new Map();
    this.#waiting.set(keyOf(key), others);
  }

  #settle(task: Task, memo: Memo): void {
    if (memo.outcome !== "trap" && memo.outcome !== "over-limit") {
      task.settle(memo);
      return;
    }
    const what = memo.outcome === "trap" ? "the program trapped" : "the task exceeded a limit";
    this.#giveUp([task], what, undefined);
  }

  #failed(attempt: Attempt, error: unknown): void {
    const { run, definition } = this.#step;
    if (run.isOver) return;
    const pauseMs = pauseBefore(definition.onFailure, ++attempt.failures, error);
    if (pauseMs === undefined) {
      this.#giveUp(this.#those(attempt), messageOf(error), error);
      return;
    }
    this.#step.record("retried", attempt.task.path);
    const name = keyOf(attempt.key);
    if (!this.#waiting?.has(name)) this.#wait(attempt, []);
    const release = run.hold();
    setTimeout(() => {
      release();
      if (run.isOver) return;
      const others = this.#waiting?.get(name) ?? [];
      this.#begin(attempt);
      if (this.#waiting?.has(name)) this.#wait(attempt, others);
    }, pauseMs);
  }

  #giveUp(tasks: readonly Task[], reason: string, cause: unknown): void {
    const { run, definition } = this.#step;
    for (const task of tasks) {
      if (!isSkipped(definition.onFailure)) {
        this.#step.record("failed", task.path);
        run.fail(new StepFailedError(definition.name, task.path, reason, { cause }));
        return;
      }
      this.#step.record("skipped", task.path);
      task.settle(undefined);
    }
  }
}

function memoOf(result: RunResult): Memo {
  if (result.outcome === Outcome.ok) return { outcome: "ok", contents: [contentOf(result.bytes)] };
  return { outcome: result.outcome === Outcome.trap ? "trap" : "over-limit", contents: [] };
}
