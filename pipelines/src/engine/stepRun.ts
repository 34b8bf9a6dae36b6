import type { StepDefinition } from "../define/step.ts";
import type { ValueType } from "../define/valueType.ts";
import { EVENT_KINDS, type EventKind, type EventLog } from "../events/eventLog.ts";
import type { Store } from "../store/store.ts";
import { EpochCounts } from "./epochCounts.ts";
import { END, end, epochOf, Inbox, LAST, type Message, type Path } from "./message.ts";

/** A step takes nothing more while one behind it has so many messages, or so many bytes, waiting. */
const MARK = 512;
const MARK_BYTES = 32 << 20;
/** Messages that a step handles before others have their turn. */
const SLICE = 128;

/** What a run is to its steps. */
export interface RunContext {
  readonly store: Store;
  readonly log: EventLog;
  readonly signal: AbortSignal;
  /** Nothing is computed: what would run is counted. */
  readonly isDry: boolean;
  /** Under which id results are remembered that hold for one run only. */
  readonly origin: number;
  readonly isOver: boolean;
  /** Gives a step a turn. */
  wake(step: StepRun): void;
  /** Ends the run: the first error counts. */
  fail(error: unknown): void;
  /** A step that has none behind it is through with everything. */
  finished(): void;
  /** Something happens outside of the loop, so that its being idle means nothing. @returns what ends that. */
  hold(): () => void;
  /** The run does not end, however it ends, before this has. */
  await(effect: Promise<void>): void;
}

/** Counts in a plan. */
export interface DryCounts {
  reused: number;
  toRun: number;
  /** There may be more: a fan-out before it has to run first. */
  isOpen: boolean;
}

/** A step of a run: takes messages in, gives messages out. */
export abstract class StepRun {
  readonly index: number;
  readonly definition: StepDefinition;
  readonly run: RunContext;
  readonly inbox = new Inbox();
  readonly dry: DryCounts = { reused: 0, toRun: 0, isOpen: false };
  isQueued = false;
  #consumers: { step: StepRun; side: number }[] = [];
  #producers: StepRun[] = [];
  /** Types of what comes in, by edge. */
  readonly types: ValueType<unknown>[] = [];
  readonly #underWay = new EpochCounts();
  #total = 0;
  /** Ends that came, by epoch: as many as there are edges, and the epoch is over when nothing of it is under way. */
  readonly #ends = new EpochCounts();

  constructor(run: RunContext, definition: StepDefinition, index: number) {
    this.run = run;
    this.definition = definition;
    this.index = index;
  }

  takeFrom(producer: StepRun): void {
    producer.#consumers.push({ step: this, side: this.#producers.length });
    this.#producers.push(producer);
    this.types.push(producer.definition.gives);
  }

  get isLeaf(): boolean {
    return this.#consumers.length === 0;
  }

  get isFull(): boolean {
    return this.inbox.length >= MARK || this.inbox.bytes >= MARK_BYTES;
  }

  get hasRoomBehind(): boolean {
    for (const { step } of this.#consumers) if (step.isFull) return false;
    return true;
  }

  receive(message: Message, side: number): void {
    this.inbox.push(message, side);
    this.run.wake(this);
  }

  emit(message: Message): void {
    for (const { step, side } of this.#consumers) step.receive(message, side);
  }

  /** Whether another message may be taken from the inbox. */
  protected canTake(): boolean {
    return this.hasRoomBehind;
  }

  /** Handles a message; ends are handled here. */
  protected abstract take(message: Message, side: number): void;

  /** What a step does besides taking messages. */
  protected work(): void {}

  /** Nothing of this epoch will come any more; of {@link LAST}, nothing at all. */
  protected allCame(_epoch: number): void {}

  /** An epoch has ended at this step. */
  protected epochEnded(_epoch: number): void {}

  advance(): void {
    this.work();
    let left = SLICE;
    while (left-- > 0 && this.canTake()) {
      const wasFull = this.isFull;
      const next = this.inbox.shift();
      if (next === undefined) return;
      if (wasFull && !this.isFull) this.wakeProducers();
      if (next.kind === END) this.#takeEnd(epochOf(next.path));
      else this.take(next, this.inbox.side);
      if (this.run.isOver) return;
    }
    if (this.inbox.length > 0 && this.canTake()) this.run.wake(this);
  }

  protected wakeProducers(): void {
    for (const producer of this.#producers) this.run.wake(producer);
  }

  /** Something of this epoch is under way until {@link StepRun.leave}. */
  protected enter(epoch: number): void {
    this.#total++;
    this.#underWay.add(epoch, 1);
  }

  protected leave(epoch: number): void {
    this.#total--;
    const left = this.#underWay.add(epoch, -1);
    if (this.#ends.isEmpty) return;
    if (left === 0) this.#tryEnd(epoch);
    if (this.#total === 0) this.#tryEnd(LAST);
  }

  get underWay(): number {
    return this.#total;
  }

  #takeEnd(epoch: number): void {
    if (this.#ends.add(epoch, 1) === this.#producers.length) this.allCame(epoch);
    this.#tryEnd(epoch);
  }

  #tryEnd(epoch: number): void {
    const isQuiet = epoch === LAST ? this.#total === 0 : this.#underWay.get(epoch) === 0;
    const edges = this.#producers.length;
    if (!isQuiet || this.#ends.get(epoch) !== edges) return;
    this.#ends.add(epoch, -edges);
    this.epochEnded(epoch);
    this.emit(end(epoch));
    if (epoch === LAST && this.isLeaf) this.run.finished();
  }

  record(kind: EventKind, path: Path): void {
    const piece = path.length > 2 ? (path.at(-1) ?? -1) : -1;
    this.run.log.record(
      EVENT_KINDS.indexOf(kind),
      this.index,
      epochOf(path),
      path[1] ?? -1,
      piece,
      Date.now(),
    );
    this.run.store.eventRecorded();
  }
}
