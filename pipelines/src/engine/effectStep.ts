import { EffectInDoubtError, StepFailedError } from "../define/errors.ts";
import type { FunctionContext, FunctionWork } from "../define/step.ts";
import { type Content, digestOf } from "../store/content.ts";
import { functionBase, taskKey } from "../store/memoKey.ts";
import { epochOf, ITEM, type Message, type Path } from "./message.ts";
import { isSkipped, messageOf, pauseBefore } from "./policy.ts";
import { StepRun } from "./stepRun.ts";
import { contextOf } from "./taskBase.ts";

interface Attempt {
  path: Path;
  id: Uint8Array;
  content: Content;
  failures: number;
}

/** Changes the world, once for each item and its content: see decision 21 for what a kill can do. */
export class EffectStep extends StepRun {
  #calls = 0;

  protected override canTake(): boolean {
    return this.#calls < this.definition.concurrency;
  }

  protected override take({ kind, path, content, count }: Message): void {
    if (kind !== ITEM) {
      if (count < 0) this.dry.isOpen = true;
      return;
    }
    if (content === undefined) {
      this.dry.toRun++;
      return;
    }
    const id = this.#idOf(path, content);
    const isDone = this.run.store.effect(id) === "done";
    if (isDone) this.dry.reused++;
    else this.dry.toRun++;
    if (isDone) this.record("reused", path);
    if (isDone || this.run.isDry) return;
    this.enter(epochOf(path));
    this.#calls++;
    this.#try({ path, id, content, failures: 0 });
  }

  #idOf(path: Path, content: Content): Uint8Array {
    const { name, work } = this.definition;
    const { version = "", identify } = work as FunctionWork;
    const which = identify === undefined ? path : [identify(this.#valueOf(content))];
    return digestOf(taskKey(functionBase(["effect", name, version, ...which]), [content]));
  }

  #valueOf(content: Content): unknown {
    return this.types[0]?.decode(this.run.store.read(content));
  }

  #try(attempt: Attempt): void {
    const done = this.#carryOut(attempt).then(
      () => this.#over(attempt),
      (error) => this.#failed(attempt, error),
    );
    const release = this.run.hold();
    this.run.await(done.finally(release));
  }

  async #carryOut({ path, id, content }: Attempt): Promise<void> {
    const { store, signal } = this.run;
    const { run, isDone, isIdempotent } = this.definition.work as FunctionWork;
    const values = [this.#valueOf(content)];
    const context: FunctionContext = contextOf(path, id, signal);
    if (store.effect(id) === "begun") {
      if (isDone !== undefined) {
        if (await isDone(values, context)) return this.#done(id, path);
      } else if (!isIdempotent) {
        throw new EffectInDoubtError(this.definition.name, path, context.key);
      }
    }
    this.record("started", path);
    store.setEffect(id, "begun");
    await store.committed();
    try {
      signal.throwIfAborted();
      await run(values, context);
    } catch (error) {
      store.setEffect(id, "new"); // who throws says that it did not happen
      throw error;
    }
    this.#done(id, path);
  }

  #done(id: Uint8Array, path: Path): void {
    this.run.store.setEffect(id, "done");
    this.record("done", path);
  }

  #over({ path }: Attempt): void {
    this.#calls--;
    this.leave(epochOf(path));
    this.run.wake(this);
  }

  #failed(attempt: Attempt, error: unknown): void {
    if (this.run.isOver) return;
    const { name, onFailure } = this.definition;
    const { path } = attempt;
    const pauseMs = pauseBefore(onFailure, ++attempt.failures, error);
    if (pauseMs !== undefined) {
      this.record("retried", path);
      const release = this.run.hold();
      setTimeout(() => {
        release();
        if (!this.run.isOver) this.#try(attempt);
      }, pauseMs);
    } else if (isSkipped(onFailure) && !(error instanceof EffectInDoubtError)) {
      this.record("skipped", path);
      this.#over(attempt);
    } else {
      this.record("failed", path);
      const isOurs = error instanceof EffectInDoubtError;
      this.run.fail(
        isOurs ? error : new StepFailedError(name, path, messageOf(error), { cause: error }),
      );
    }
  }
}
