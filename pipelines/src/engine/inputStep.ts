import { PipelineInvalidError, StepFailedError } from "../define/errors.ts";
import type { StepDefinition } from "../define/step.ts";
import type { Content } from "../store/content.ts";
import { close, end, item, LAST, type Message, UNKNOWN } from "./message.ts";
import { isPromise, messageOf } from "./policy.ts";
import { type RunContext, StepRun } from "./stepRun.ts";

/** Items that are read before others have their turn. */
const SLICE = 128;

/** What an input reads: items in the order of their epochs. */
export interface InputItem {
  epoch: number;
  content: Content;
}
export type InputIterator = Iterator<InputItem, unknown> | AsyncIterator<InputItem, unknown>;

export interface InputParameters {
  /** Missing in a plan that is not told of its inputs. */
  items: InputIterator | undefined;
  /** The epoch that there is even without an item. */
  firstEpoch: number | undefined;
  /** Of a plan: there may be more. */
  isPartial: boolean;
}

/** Where items come in: as long as there is room behind it. */
export class InputStep extends StepRun {
  readonly #items: InputIterator | undefined;
  readonly #isPartial: boolean;
  #epoch: number | undefined;
  #position = 0;
  #isReading = false;
  #isOver = false;

  constructor(
    run: RunContext,
    definition: StepDefinition,
    index: number,
    { items, firstEpoch, isPartial }: InputParameters,
  ) {
    super(run, definition, index);
    this.#items = items;
    this.#isPartial = isPartial;
    this.#epoch = items === undefined ? 0 : firstEpoch;
  }

  protected override take(_message: Message): void {
    throw new TypeError("nothing goes into an input");
  }

  protected override work(): void {
    if (this.#isOver) return;
    if (this.#items === undefined) {
      this.#endEpoch(UNKNOWN);
      this.#end();
      return;
    }
    let left = SLICE;
    while (left-- > 0 && !this.#isReading && !this.#isOver && this.hasRoomBehind)
      this.#read(this.#items);
    if (left < 0) this.run.wake(this);
  }

  #read(items: InputIterator): void {
    let next: ReturnType<InputIterator["next"]>;
    try {
      next = items.next();
    } catch (error) {
      this.#failed(error);
      return;
    }
    if (!isPromise(next)) {
      this.#took(next as IteratorResult<InputItem>);
      return;
    }
    this.#isReading = true;
    const release = this.run.hold();
    next.then(
      (result) => {
        release();
        this.#isReading = false;
        if (this.run.isOver) return;
        this.#took(result as IteratorResult<InputItem>);
        this.run.wake(this);
      },
      (error) => {
        release();
        this.#failed(error);
      },
    );
  }

  #failed(error: unknown): void {
    const { name } = this.definition;
    const path = [this.#epoch ?? 0, this.#position];
    this.run.fail(
      new StepFailedError(name, path, `it could not be read (${messageOf(error)})`, {
        cause: error,
      }),
    );
  }

  #took({ done, value }: IteratorResult<InputItem>): void {
    if (done) {
      if (this.#isPartial) this.#epoch ??= 0;
      this.#endEpoch(this.#isPartial ? UNKNOWN : this.#position);
      this.#end();
      return;
    }
    const { epoch, content } = value;
    if (this.#epoch !== undefined && epoch < this.#epoch) {
      this.run.fail(
        new PipelineInvalidError(
          `Input ${this.definition.name} gives epoch ${epoch} after ${this.#epoch}: epochs go up.`,
        ),
      );
      return;
    }
    if (epoch !== this.#epoch) this.#endEpoch(this.#position);
    if (epoch !== this.#epoch) this.#position = 0;
    this.#epoch = epoch;
    this.emit(item([epoch, this.#position++], content));
  }

  #endEpoch(count: number): void {
    if (this.#epoch === undefined) return;
    if (count === UNKNOWN) this.dry.isOpen = true;
    this.emit(close([this.#epoch], count));
    this.emit(end(this.#epoch));
  }

  #end(): void {
    this.#isOver = true;
    this.emit(end(LAST));
  }
}
