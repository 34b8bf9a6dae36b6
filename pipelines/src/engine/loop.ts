import type { EventLog } from "../events/eventLog.ts";
import type { Store } from "../store/store.ts";
import type { RunContext, StepRun } from "./stepRun.ts";

/** How long steps have their turns before timers and sockets have theirs, in milliseconds. */
const TURN_MS = 10;
/** Turns between two looks at the clock. */
const TURNS_A_LOOK = 32;
/** Milliseconds between two reports. */
const REPORT_MS = 100;

export interface LoopParameters {
  store: Store;
  log: EventLog;
  isDry: boolean;
  origin: number;
  signal: AbortSignal | undefined;
  onReport: () => void;
}

/** Gives steps their turns until all are through, or one has failed. */
export class Loop implements RunContext {
  readonly store: Store;
  readonly log: EventLog;
  readonly isDry: boolean;
  readonly origin: number;
  readonly #stop = new AbortController();
  readonly #outer: AbortSignal | undefined;
  readonly #onReport: () => void;
  readonly #over = Promise.withResolvers<void>();
  readonly #effects = new Set<Promise<void>>();
  #steps: readonly StepRun[] = [];
  #ready: StepRun[] = [];
  #isScheduled = false;
  #holds = 0;
  #leaves = 0;
  #reportedAt = 0;
  isOver = false;

  constructor({ store, log, isDry, origin, signal, onReport }: LoopParameters) {
    this.store = store;
    this.log = log;
    this.isDry = isDry;
    this.origin = origin;
    this.#outer = signal;
    this.#onReport = onReport;
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /**
   * Runs the steps to their end.
   *
   * @throws what made it fail first, or the signal's own reason.
   */
  async run(steps: readonly StepRun[]): Promise<void> {
    this.#steps = steps;
    this.#leaves = steps.filter(({ isLeaf }) => isLeaf).length;
    const aborted = () => this.fail(this.#outer?.reason);
    this.#outer?.addEventListener("abort", aborted, { once: true });
    try {
      this.#outer?.throwIfAborted();
      for (const step of steps) this.wake(step);
      await this.#over.promise;
    } finally {
      this.isOver = true;
      this.#outer?.removeEventListener("abort", aborted);
      await Promise.allSettled(this.#effects);
    }
  }

  wake(step: StepRun): void {
    if (step.isQueued || this.isOver) return;
    step.isQueued = true;
    this.#ready.push(step);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#turn());
  }

  fail(error: unknown): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#stop.abort(error);
    this.#over.reject(error);
  }

  finished(): void {
    if (--this.#leaves === 0) this.#over.resolve();
  }

  hold(): () => void {
    this.#holds++;
    return () => {
      this.#holds--;
      if (this.#holds === 0 && !this.#isScheduled && !this.isOver) {
        this.#isScheduled = true;
        setImmediate(() => this.#turn());
      }
    };
  }

  await(effect: Promise<void>): void {
    this.#effects.add(effect);
    void effect.finally(() => this.#effects.delete(effect));
  }

  #turn(): void {
    const until = performance.now() + TURN_MS;
    try {
      // Steps that are woken meanwhile stand behind the others, in the same list.
      for (let at = 0; ; ) {
        const step = this.#ready[at++];
        if (step === undefined || this.isOver) {
          this.#ready = [];
          break;
        }
        step.isQueued = false;
        step.advance();
        if (at % TURNS_A_LOOK === 0 && performance.now() > until) {
          this.#ready = this.#ready.slice(at);
          break;
        }
      }
    } catch (error) {
      this.fail(error);
    }
    if (performance.now() - this.#reportedAt > REPORT_MS) {
      this.#reportedAt = performance.now();
      this.#onReport();
    }
    this.#isScheduled = !this.isOver && this.#ready.length > 0;
    if (this.isOver) return;
    if (this.#isScheduled) setImmediate(() => this.#turn());
    else if (this.#holds === 0 && this.#leaves > 0 && !this.#isAtWork()) {
      this.fail(
        new Error("The pipeline stands still: this is a fault of Assay's, please report it."),
      );
    }
  }

  /** Whether a runner has something to do. */
  #isAtWork(): boolean {
    return this.#steps.some(
      (step) => step.definition.work?.kind === "program" && step.underWay > 0,
    );
  }
}
