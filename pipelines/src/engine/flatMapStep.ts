import { StepFailedError } from "../define/errors.ts";
import type { FunctionWork } from "../define/step.ts";
import { type Content, contentOf } from "../store/content.ts";
import { taskKey } from "../store/memoKey.ts";
import { close, epochOf, GAP, ITEM, item, type Message, type Path, UNKNOWN } from "./message.ts";
import { isPromise, isSkipped, messageOf, pauseBefore } from "./policy.ts";
import { StepRun } from "./stepRun.ts";
import { baseOf, contextOf, isFirst } from "./taskBase.ts";

/** Pieces that are read at once before others have their turn. */
const SLICE = 128;

/** An item on its way to its pieces. */
interface Expansion {
  path: Path;
  key: Uint8Array;
  content: Content;
  /** What is left of the pieces; missing while the function has not answered. */
  pieces: Iterator<unknown> | AsyncIterator<unknown> | undefined;
  isRemembered: boolean;
  /** So far, in this try and in those before. */
  emitted: number;
  contents: Content[];
  failures: number;
  isWaiting: boolean;
}

/** A fan-out. Its pieces are read one after the other, as long as there is room behind it. */
export class FlatMapStep extends StepRun {
  readonly #base = baseOf(this.definition, this.run.origin);
  readonly #open: Expansion[] = [];
  readonly #planned = new Set<string>();

  protected override canTake(): boolean {
    return this.hasRoomBehind && this.#open.length < this.definition.concurrency;
  }

  protected override take(message: Message): void {
    const { kind, path, content } = message;
    if (kind === GAP) {
      this.emit(close(path, 0));
      return;
    }
    if (kind !== ITEM) {
      if (message.count < 0) this.dry.isOpen = true;
      this.emit(message);
      return;
    }
    if (content === undefined) {
      this.dry.toRun++;
      this.emit(close(path, UNKNOWN));
      return;
    }
    this.#start(path, content);
  }

  #start(path: Path, content: Content): void {
    const key = taskKey(this.#base, [content]);
    const known = this.run.store.memo(key);
    if (known === undefined && this.run.isDry) {
      if (isFirst(this.#planned, key)) this.dry.toRun++;
      else this.dry.reused++;
      this.emit(close(path, UNKNOWN));
      return;
    }
    this.enter(epochOf(path));
    const expansion: Expansion = {
      ...{ path, key, content, pieces: known?.contents[Symbol.iterator]() },
      ...{ isRemembered: known !== undefined, emitted: 0, contents: [], failures: 0 },
      isWaiting: false,
    };
    this.#open.push(expansion);
    if (known !== undefined) {
      this.dry.reused++;
      this.record("reused", path);
    } else {
      this.record("started", path);
      this.#call(expansion);
    }
    this.run.wake(this);
  }

  #call(expansion: Expansion): void {
    const { path, key, content } = expansion;
    const { store, signal } = this.run;
    try {
      const value = this.types[0]?.decode(store.read(content));
      const work = this.definition.work as FunctionWork;
      const answer = work.run([value], contextOf(path, key, signal));
      if (isPromise(answer))
        this.#await(expansion, answer, (given) => this.#begin(expansion, given));
      else this.#begin(expansion, answer);
    } catch (error) {
      this.#failed(expansion, error);
    }
  }

  #begin(expansion: Expansion, answer: unknown): void {
    const pieces = iteratorOf(answer);
    if (pieces === undefined) throw new TypeError("it gave nothing that can be iterated over");
    expansion.pieces = pieces;
    expansion.contents = [];
  }

  /** Goes on with `then` when something has come. */
  #await<T>(expansion: Expansion, promise: PromiseLike<T>, then: (value: T) => void): void {
    const release = this.run.hold();
    expansion.isWaiting = true;
    const settled = (action: () => void) => {
      release();
      expansion.isWaiting = false;
      if (this.run.isOver) return;
      try {
        action();
      } catch (error) {
        this.#failed(expansion, error);
      }
      this.run.wake(this);
    };
    promise.then(
      (value) => settled(() => then(value)),
      (error) => settled(() => this.#failed(expansion, error)),
    );
  }

  protected override work(): void {
    let left = SLICE;
    for (const expansion of [...this.#open]) {
      while (left > 0 && this.#isReady(expansion) && this.hasRoomBehind) {
        left--;
        this.#readOne(expansion);
      }
    }
    if (left === 0) this.run.wake(this);
  }

  #isReady(expansion: Expansion): boolean {
    return expansion.pieces !== undefined && !expansion.isWaiting && this.#open.includes(expansion);
  }

  #readOne(expansion: Expansion): void {
    try {
      const next = expansion.pieces?.next();
      if (next === undefined) return;
      if (isPromise(next)) this.#await(expansion, next, (result) => this.#piece(expansion, result));
      else this.#piece(expansion, next as IteratorResult<unknown>);
    } catch (error) {
      this.#failed(expansion, error);
    }
  }

  #piece(expansion: Expansion, { done, value }: IteratorResult<unknown>): void {
    if (done) {
      this.#over(expansion);
      return;
    }
    const content = expansion.isRemembered
      ? (value as Content)
      : contentOf(this.definition.gives.encode(value));
    const number = expansion.contents.push({ digest: content.digest, bytes: undefined }) - 1;
    if (!expansion.isRemembered) this.run.store.keep(content);
    if (number < expansion.emitted) return; // in the try before this one
    expansion.emitted++;
    this.emit(item([...expansion.path, number], content));
  }

  #over(expansion: Expansion): void {
    const { path, key, contents, isRemembered } = expansion;
    if (!isRemembered) {
      this.run.store.remember(key, { outcome: "pieces", contents });
      this.record("done", path);
    }
    this.#close(expansion, contents.length);
  }

  #close(expansion: Expansion, count: number): void {
    this.#open.splice(this.#open.indexOf(expansion), 1);
    this.emit(close(expansion.path, count));
    this.leave(epochOf(expansion.path));
  }

  #failed(expansion: Expansion, error: unknown): void {
    const { name, onFailure } = this.definition;
    const { path } = expansion;
    expansion.pieces = undefined;
    const pauseMs = pauseBefore(onFailure, ++expansion.failures, error);
    if (pauseMs !== undefined) {
      this.record("retried", path);
      const release = this.run.hold();
      setTimeout(() => {
        release();
        if (this.run.isOver) return;
        this.#call(expansion);
        this.run.wake(this);
      }, pauseMs);
    } else if (isSkipped(onFailure)) {
      this.record("skipped", path);
      this.#close(expansion, expansion.emitted);
    } else {
      this.record("failed", path);
      this.run.fail(new StepFailedError(name, path, messageOf(error), { cause: error }));
    }
  }
}

function iteratorOf(value: unknown): Iterator<unknown> | AsyncIterator<unknown> | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (Symbol.asyncIterator in value)
    return (value as AsyncIterable<unknown>)[Symbol.asyncIterator]();
  return Symbol.iterator in value ? (value as Iterable<unknown>)[Symbol.iterator]() : undefined;
}
