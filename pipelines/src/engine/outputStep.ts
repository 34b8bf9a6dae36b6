import type { StepDefinition } from "../define/step.ts";
import { epochOf, ITEM, type Message, type Path } from "./message.ts";
import { isPromise } from "./policy.ts";
import { type RunContext, StepRun } from "./stepRun.ts";

/** What a step gave that no other step takes. */
export interface Output {
  /** The step's name. */
  step: string;
  epoch: number;
  /** Epoch, position in it, and position in each fan-out since. */
  path: Path;
  /** The value in the step's type. */
  value: unknown;
  /** The same in bytes. */
  bytes: Uint8Array;
}

export type OutputCallback = (output: Output) => unknown;

/** Hands what comes to the caller, one after the other. */
export class OutputStep extends StepRun {
  readonly #onOutput: OutputCallback | undefined;
  #isWaiting = false;

  constructor(
    run: RunContext,
    definition: StepDefinition,
    index: number,
    onOutput: OutputCallback | undefined,
  ) {
    super(run, definition, index);
    this.#onOutput = onOutput;
  }

  protected override canTake(): boolean {
    return !this.#isWaiting;
  }

  protected override take({ kind, path, content }: Message): void {
    if (kind !== ITEM || content === undefined || this.#onOutput === undefined) return;
    const bytes = this.run.store.read(content);
    try {
      const value = this.types[0]?.decode(bytes);
      const step = this.definition.from[0] ?? "";
      const answer = this.#onOutput({ step, epoch: epochOf(path), path, value, bytes });
      if (isPromise(answer)) this.#await(answer, epochOf(path));
    } catch (error) {
      this.run.fail(error);
    }
  }

  #await(answer: PromiseLike<unknown>, epoch: number): void {
    this.#isWaiting = true;
    this.enter(epoch);
    const release = this.run.hold();
    answer.then(
      () => {
        release();
        this.#isWaiting = false;
        this.leave(epoch);
        this.run.wake(this);
      },
      (error) => {
        release();
        this.run.fail(error);
      },
    );
  }
}
