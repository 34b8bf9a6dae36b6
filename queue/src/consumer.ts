import { type Backoff, backoffMs } from "./backoff.ts";
import { clockMs } from "./clock.ts";
import { ConsumerStoppedError, LeaseLostError } from "./errors.ts";
import type { QueueEventMap } from "./events.ts";
import {
  about,
  createOutcomes,
  type DoneTask,
  type OutcomeParts,
  returnLeases,
} from "./outcomes.ts";
import { createRun, type Run, type RunEnd, type Task } from "./run.ts";
import type { TakenRow } from "./tables.ts";
import { encodeJson } from "./task.ts";

/** A turn that failed is tried again after so many milliseconds, doubled each time. */
const TROUBLE: Backoff = { firstMs: 250, longestMs: 10_000, jitter: 0 };

export interface ConsumeOptions<Payload> {
  /** Does one task and returns its result (JSON). It may be called again for the same task, for example after a crash. */
  handler: (task: Task<Payload>) => unknown;
  /**
   * Called in the transaction that ends tasks, with those that are done and what their handlers returned: what it writes to the queue's
   * database is committed together with their ends, or not at all. What it throws is trouble of the database: all is tried again.
   */
  onDone?: ((done: readonly DoneTask<Payload>[]) => void) | undefined;
  /** Maximum number of concurrent tasks; a function is asked in every turn. Default: 1. */
  slots?: number | (() => number) | undefined;
  /**
   * While more than half of the slots are busy, what has ended waits so long for more, in milliseconds, to share its commit. Default: 0, so
   * that what ends in one turn of the event loop shares one.
   */
  gatherMs?: number | undefined;
  /** Tags of this consumer: it gets tasks whose tags are all among these. Default: none. */
  tags?: readonly string[] | undefined;
  /** Ends the consumer: running tasks are aborted and go back to the queue. */
  signal?: AbortSignal | undefined;
  /** Milliseconds without a heartbeat after which a consumer counts as dead. Default: 30,000. */
  leaseMs?: number | undefined;
  /** Pause between two looks for what other processes added, in milliseconds. Default: 1,000. */
  pollMs?: number | undefined;
  /** Whether trying again can help. Default: yes, unless the error has a `retryable` that is `false`. */
  isRetryable?: ((error: unknown) => boolean) | undefined;
}

export interface Consumer {
  /** Tasks under way. */
  readonly running: number;
  /** Takes no more tasks, and resolves when all tasks under way have ended and are recorded. */
  stop(): Promise<void>;
  /** Resolves when it has ended, by {@link Consumer.stop} or its signal. */
  readonly ended: Promise<void>;
}

/** What a consumer needs of its queue. */
export interface ConsumerParts extends OutcomeParts {
  /** Runs `action` as one transaction that has the write lock from its beginning. */
  atomically: <T>(action: () => T) => T;
  isOpen: () => boolean;
}

/**
 * Takes tasks and does them. All that happened since its last turn (completions, retries, dead letters, progress) and the leases
 * that replace them are one transaction: under load one commit serves as many tasks as there are slots.
 */
export function startConsumer<Payload>(
  parts: ConsumerParts,
  options: ConsumeOptions<Payload> & { onEnded: () => void },
): Consumer & { wake(): void } {
  const { tables, events } = parts;
  const { handler, signal, leaseMs = 30_000, pollMs = 1_000, gatherMs = 0 } = options;
  const { slots: given = 1 } = options;
  const slotsNow = typeof given === "function" ? given : () => given;
  const apply = createOutcomes(parts, options);
  const tags = new Set(options.tags);
  const keepsDone = parts.keepDoneMs > 0;
  const running = new Map<number, Run<Payload>>();
  let outcomes: RunEnd<Payload>[] = [];
  /** Progress that is not stored yet, as JSON. */
  let told = new Map<Run<Payload>, string>();
  /** Events of the turn, told when it is committed. */
  let news: (() => void)[] = [];
  let consumer: number | undefined;
  let beatAt = 0;
  let sweepAt = 0;
  let eligible: number[] = [0];
  let latestTagSet = -1;
  let scheduled: NodeJS.Immediate | undefined;
  let timer: NodeJS.Timeout | undefined;
  let gathering: NodeJS.Timeout | undefined;
  let slots = slotsNow();
  let troubles = 0;
  let inTrouble = false;
  let stopping = false;
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();

  function wake(): void {
    if (!inTrouble) scheduled ??= setImmediate(turn);
  }

  /** As {@link wake}, but what is not urgent waits for more. */
  function wakeForEnd(): void {
    const isUrgent = stopping || running.size <= slots / 2 || outcomes.length >= slots / 2;
    if (gatherMs === 0 || isUrgent) wake();
    else gathering ??= setTimeout(wake, gatherMs);
  }

  function tell(event: () => void): void {
    news.push(event);
  }

  const has = (name: keyof QueueEventMap) => events.listenerCount(name) > 0;

  /** Says that this consumer lives; if others took it for dead, what it runs is theirs. */
  function beat(now: number): void {
    if (consumer !== undefined && !tables.beat(consumer, now + leaseMs)) {
      consumer = undefined;
      tell(() => {
        for (const run of [...running.values()]) run.fail(new LeaseLostError());
      });
    }
    consumer ??= tables.enter(now + leaseMs);
    beatAt = now + leaseMs / 3;
  }

  function takeBackLapsed(now: number): void {
    for (const lapsed of tables.lapsed(now)) {
      if (lapsed === consumer) continue;
      returnLeases({ ...parts, tell }, lapsed, now);
    }
    if (parts.keepDoneMs < Number.POSITIVE_INFINITY) {
      const more = tables.forgetDone(now - parts.keepDoneMs);
      sweepAt = more ? now : now + Math.min(leaseMs / 2, Math.max(parts.keepDoneMs / 10, pollMs));
    } else sweepAt = now + leaseMs / 2;
  }

  function eligibleSets(): number[] {
    const latest = tables.latestTagSet();
    if (latest !== latestTagSet) {
      eligible = tables
        .tagSets()
        .filter(({ tags: json }) => (JSON.parse(json) as string[]).every((tag) => tags.has(tag)))
        .map(({ id }) => id);
      latestTagSet = latest;
    }
    return eligible;
  }

  /** The most urgent and oldest tasks that this consumer may have, leased. */
  function take(limit: number): TakenRow[] {
    const sets = eligibleSets();
    const rows = sets.flatMap((set) => tables.ready(set, limit));
    if (sets.length > 1) rows.sort((a, b) => a.priority - b.priority || a.id - b.id);
    const taken = rows.length > limit ? rows.slice(0, limit) : rows;
    const lasts = new Map<number, TakenRow>();
    for (const row of taken) lasts.set(row.tag_set, row);
    for (const last of lasts.values()) if (consumer !== undefined) tables.lease(consumer, last);
    return taken;
  }

  function transact(now: number, batch: RunEnd<Payload>[]): TakenRow[] {
    if (now >= beatAt) beat(now);
    for (const [run, progress] of told) {
      if (consumer !== undefined) tables.progress(run.id, consumer, progress);
    }
    if (consumer !== undefined) apply(batch, { consumer, now, tell });
    if (now >= sweepAt) takeBackLapsed(now);
    tables.promoteDue(now);
    const free = stopping || tables.isPaused() ? 0 : slots - running.size;
    if (stopping && running.size === 0 && consumer !== undefined) tables.leave(consumer);
    return free > 0 ? take(free) : [];
  }

  function turn(): void {
    scheduled = undefined;
    inTrouble = false;
    clearTimeout(timer);
    clearTimeout(gathering);
    gathering = undefined;
    slots = slotsNow();
    if (!parts.isOpen()) {
      events.emit(
        "trouble",
        new Error("The queue's database was closed before its consumer ended."),
      );
      finish();
      return;
    }
    const now = clockMs();
    const batch = outcomes;
    outcomes = [];
    news = [];
    const before = { consumer, beatAt, sweepAt, latestTagSet };
    let taken: TakenRow[];
    try {
      taken = parts.atomically(() => transact(now, batch));
    } catch (error) {
      // Nothing of it is in the database: what has ended is kept for the next try.
      outcomes = [...batch, ...outcomes];
      ({ consumer, beatAt, sweepAt, latestTagSet } = before);
      const waitMs = backoffMs(TROUBLE, ++troubles);
      inTrouble = true;
      timer = setTimeout(turn, waitMs);
      events.emit("trouble", error);
      return;
    }
    troubles = 0;
    told = new Map();
    for (const event of news) event();
    for (const row of taken) start(row);
    if (stopping && running.size === 0 && outcomes.length === 0) finish();
    else rest(now, taken.length > 0);
  }

  /** Until something ends, is added or is due. */
  function rest(now: number, tookSome: boolean): void {
    if (scheduled !== undefined) return;
    const idle = !tookSome && running.size < slots && !stopping;
    const due = idle ? (tables.nextDue() ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
    const wakeAt = Math.min(due, beatAt, sweepAt, now + pollMs);
    timer = setTimeout(turn, Math.max(1, wakeAt - clockMs()));
  }

  /** A result that cannot be kept is a failure of its handler. */
  function storable(outcome: RunEnd<Payload>): RunEnd<Payload> {
    if (outcome.type === "failed" || !keepsDone) return outcome;
    try {
      return { ...outcome, json: encodeJson(outcome.result, "result") };
    } catch (error) {
      return { type: "failed", error, run: outcome.run, at: outcome.at };
    }
  }

  function start(row: TakenRow): void {
    const run = createRun<Payload>(row, {
      onEnd(outcome) {
        running.delete(run.id);
        outcomes.push(storable(outcome));
        wakeForEnd();
      },
      onProgress(progress) {
        told.set(run, encodeJson(progress, "progress"));
        if (has("progress")) events.emit("progress", { ...about(run), progress });
        wake();
      },
    });
    running.set(run.id, run);
    if (has("started")) events.emit("started", about(run));
    if (signal?.aborted) run.fail(new ConsumerStoppedError(signal.reason));
    else run.start(handler);
  }

  function finish(): void {
    clearImmediate(scheduled);
    clearTimeout(timer);
    clearTimeout(gathering);
    signal?.removeEventListener("abort", abort);
    options.onEnded();
    end();
  }

  function abort(): void {
    stopping = true;
    for (const run of running.values()) run.abort(new ConsumerStoppedError(signal?.reason));
    wake();
  }

  signal?.addEventListener("abort", abort, { once: true });
  if (signal?.aborted) abort();
  wake();

  return {
    get running() {
      return running.size;
    },
    wake,
    stop() {
      stopping = true;
      wake();
      return ended;
    },
    ended,
  };
}
