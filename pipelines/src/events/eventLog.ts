/** What can happen to a task. */
export const EVENT_KINDS = ["started", "done", "reused", "skipped", "failed", "retried"] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** Something that happened to a task. */
export interface PipelineEvent {
  kind: EventKind;
  /** Index of the step in the pipeline. */
  step: number;
  epoch: number;
  /** Position in the epoch; −1 for what an epoch has one of. */
  position: number;
  /** Position in the last fan-out; −1 before the first. */
  piece: number;
  /** Milliseconds of `Date.now()`. */
  at: number;
}

/** Which events are wanted; those that are not named are not looked at. */
export interface EventQuery {
  step?: number | undefined;
  epoch?: number | undefined;
  kind?: EventKind | undefined;
}

/** Events of one chunk: 2^15, 26 bytes each. */
const CHUNK_BITS = 15;
const CHUNK = 1 << CHUNK_BITS;
const NONE = -1;

/** Events by column, so that a million of them are some twenty arrays and no objects. */
class Chunk {
  readonly kind = new Uint8Array(CHUNK);
  readonly step = new Uint32Array(CHUNK);
  readonly epoch = new Uint32Array(CHUNK);
  readonly position = new Int32Array(CHUNK);
  readonly piece = new Int32Array(CHUNK);
  readonly at = new Float64Array(CHUNK);
  /** The event before it with the same step and epoch. */
  readonly before = new Int32Array(CHUNK);
}

/** The events of one step in one epoch. */
interface Thread {
  epoch: number;
  last: number;
  counts: number[];
}

/** The events of one step. */
interface StepThreads {
  totals: number[];
  newest: Thread;
  /** By epoch, the oldest first. */
  older: Map<number, Thread> | undefined;
}

/** So many epochs of a step are told apart; of those before them is known what all have together. */
const MOST_EPOCHS = 4_096;

const zeros = () => EVENT_KINDS.map(() => 0);
const thread = (epoch: number): Thread => ({ epoch, last: NONE, counts: zeros() });

/**
 * Events in memory, by step and epoch. It keeps the newest `most` of them, and counts all.
 */
export class EventLog {
  readonly #chunks: (Chunk | undefined)[] = [];
  readonly #steps: (StepThreads | undefined)[] = [];
  readonly #most: number;
  #count = 0;
  #current = new Chunk();
  // Most events are of the step and the epoch of the one before.
  #step = NONE;
  #thread = thread(NONE);
  #totals = zeros();

  /** @param most - how many are kept, in whole chunks of 32,768. Default: 2^20. */
  constructor(most: number = 1 << 20) {
    this.#most = most;
    this.#chunks.push(this.#current);
  }

  /** All that were ever recorded. */
  get count(): number {
    return this.#count;
  }

  /** @param kind - index in {@link EVENT_KINDS}. */
  record(
    kind: number,
    step: number,
    epoch: number,
    position: number,
    piece: number,
    at: number,
  ): void {
    const index = this.#count++;
    const i = index & (CHUNK - 1);
    if (i === 0 && index > 0) this.#begin();
    if (step !== this.#step || epoch !== this.#thread.epoch) this.#turnTo(step, epoch);
    const thread = this.#thread;
    const chunk = this.#current;
    chunk.kind[i] = kind;
    chunk.step[i] = step;
    chunk.epoch[i] = epoch;
    chunk.position[i] = position;
    chunk.piece[i] = piece;
    chunk.at[i] = at;
    chunk.before[i] = thread.last;
    thread.last = index;
    thread.counts[kind] = (thread.counts[kind] ?? 0) + 1;
    this.#totals[kind] = (this.#totals[kind] ?? 0) + 1;
  }

  #begin(): void {
    this.#current = new Chunk();
    this.#chunks.push(this.#current);
    const past = this.#chunks.length - 2 - Math.max(1, Math.ceil(this.#most / CHUNK));
    if (past >= 0) this.#chunks[past] = undefined;
  }

  #turnTo(step: number, epoch: number): void {
    let threads = this.#steps[step];
    if (threads === undefined) {
      threads = { totals: zeros(), newest: thread(epoch), older: undefined };
      this.#steps[step] = threads;
    }
    this.#step = step;
    this.#totals = threads.totals;
    this.#thread = this.#find(threads, epoch) ?? begin(threads, epoch);
  }

  #find({ newest, older }: StepThreads, epoch: number): Thread | undefined {
    return newest.epoch === epoch ? newest : older?.get(epoch);
  }

  /** Counts by kind: all that were ever recorded of a step, in all epochs or in one of the newest. */
  counts(step: number, epoch?: number): Record<EventKind, number> {
    const threads = this.#steps[step];
    const of =
      threads && epoch !== undefined ? this.#find(threads, epoch)?.counts : threads?.totals;
    const [started = 0, done = 0, reused = 0, skipped = 0, failed = 0, retried = 0] = of ?? [];
    return { started, done, reused, skipped, failed, retried };
  }

  /** The events that are still kept, the newest first; of a step and an epoch without looking at any others. */
  *query({ step, epoch, kind }: EventQuery = {}): Generator<PipelineEvent> {
    const isThread = step !== undefined && epoch !== undefined;
    const threads = step === undefined ? undefined : this.#steps[step];
    const last = threads && epoch !== undefined ? this.#find(threads, epoch)?.last : NONE;
    let index = isThread ? (last ?? NONE) : this.#count - 1;
    for (;;) {
      const event = this.at(index);
      if (event === undefined) return;
      const isWanted =
        (step === undefined || event.step === step) &&
        (epoch === undefined || event.epoch === epoch) &&
        (kind === undefined || event.kind === kind);
      if (isWanted) yield event;
      index = isThread ? this.#before(index) : index - 1;
    }
  }

  #before(index: number): number {
    return this.#chunks[index >>> CHUNK_BITS]?.before[index & (CHUNK - 1)] ?? NONE;
  }

  /** The event of an index below {@link EventLog.count}, or `undefined` once it is forgotten. */
  at(index: number): PipelineEvent | undefined {
    const chunk =
      index < 0 || index >= this.#count ? undefined : this.#chunks[index >>> CHUNK_BITS];
    if (chunk === undefined) return undefined;
    const i = index & (CHUNK - 1);
    return {
      kind: EVENT_KINDS[chunk.kind[i] ?? 0] ?? "started",
      ...{ step: chunk.step[i] ?? 0, epoch: chunk.epoch[i] ?? 0, position: chunk.position[i] ?? 0 },
      ...{ piece: chunk.piece[i] ?? 0, at: chunk.at[i] ?? 0 },
    };
  }

  /** Appends the columns of the events from `first` to before `end` to `target`: seven numbers each, with `lead` before them. */
  columnsInto(target: unknown[], lead: number, first: number, end: number): void {
    for (let index = first; index < end; index++) {
      const chunk = this.#chunks[index >>> CHUNK_BITS];
      if (chunk === undefined) continue;
      const i = index & (CHUNK - 1);
      target.push(lead, chunk.step[i], chunk.epoch[i], index);
      target.push(chunk.kind[i], chunk.position[i], chunk.piece[i], chunk.at[i]);
    }
  }
}

/** Begins a step's next epoch. */
function begin(threads: StepThreads, epoch: number): Thread {
  const { newest } = threads;
  threads.older ??= new Map();
  threads.older.set(newest.epoch, newest);
  if (threads.older.size > MOST_EPOCHS) {
    for (const oldest of threads.older.keys()) {
      threads.older.delete(oldest);
      break;
    }
  }
  threads.newest = thread(epoch);
  return threads.newest;
}
