import { EventEmitter } from "node:events";
import SqliteDatabase, { type Database } from "better-sqlite3";
import type { Backoff } from "./backoff.ts";
import { clockMs } from "./clock.ts";
import {
  type ConsumeOptions,
  type Consumer,
  type ConsumerParts,
  startConsumer,
} from "./consumer.ts";
import { QueueInvalidError } from "./errors.ts";
import type { QueueEventMap } from "./events.ts";
import { createIds } from "./ids.ts";
import { returnLeases } from "./outcomes.ts";
import { createRecords, type ListOptions, type QueueCounts } from "./records.ts";
import { migrate } from "./schema.ts";
import { createTables, type NewRow, type PlacedRow, ROWS_AT_ONCE } from "./tables.ts";
import {
  checkCount,
  checkNumber,
  checkRetrying,
  checkTags,
  checkTask,
  encodeJson,
  encodeOptions,
  type NewTask,
  PRIORITIES,
  type TaskId,
  type TaskRecord,
} from "./task.ts";

export interface QueueOptions {
  /** Queues of different names in one database have nothing to do with each other. Default: `default`. */
  name?: string | undefined;
  /** How often a task is tried before it is dead; `Infinity` for ever. Default: 5. */
  attempts?: number | undefined;
  /** Default: after 1 s, then twice as long each time up to 5 minutes, half of it left to chance. */
  backoff?: Backoff | undefined;
  /**
   * How long done tasks stay, with their results and keys, in milliseconds; `Infinity` for ever, 0: not at all. Default: an
   * hour.
   */
  keepDoneMs?: number | undefined;
  /**
   * Of a database that is opened here: whether a power cut may take the last moments (`normal`), or nothing at all, for an
   * fsync a commit (`full`). The end of a process takes nothing in either. Default: `normal`.
   */
  synchronous?: "normal" | "full" | undefined;
  /** What jitter is drawn from. Default: `Math.random`. */
  random?: (() => number) | undefined;
}

/** The result of adding a task. */
export interface Enqueued {
  id: TaskId;
  /** `false`: there was a task with its key, whose id this is. */
  isNew: boolean;
}

export interface Queue<Payload = unknown> {
  readonly name: string;
  readonly events: EventEmitter<QueueEventMap>;
  /**
   * Adds a task: with the transaction that is open on the database, else at once.
   *
   * @throws {@link QueueInvalidError}
   */
  enqueue(task: NewTask<Payload>): Enqueued;
  /** Adds all of them or none, in order, in one transaction: ten times as fast as one by one. */
  enqueueAll(tasks: Iterable<NewTask<Payload>>): Enqueued[];
  /** Adds the task together with all others that are asked for in this turn of the event loop; resolves when it is committed. */
  enqueueSoon(task: NewTask<Payload>): Promise<Enqueued>;
  /** Begins to work on what is in the queue. Several consumers, in several processes, share it. */
  consume(options: ConsumeOptions<Payload>): Consumer;

  /** No consumer, in whatever process, takes anything until {@link Queue.resume}. What is under way goes on. */
  pause(): void;
  resume(): void;
  readonly isPaused: boolean;
  /** Resolves once nothing is ready, delayed or leased. */
  drain(options?: { signal?: AbortSignal | undefined }): Promise<void>;

  get(id: TaskId): TaskRecord<Payload> | undefined;
  /** The task that has this key. */
  find(key: string): TaskRecord<Payload> | undefined;
  /** Number of tasks by state. It counts them: some milliseconds for a million. */
  counts(): QueueCounts;
  /** The dead letters, the oldest task first. */
  dead(options?: ListOptions): TaskRecord<Payload>[];
  /** Makes a dead or delayed task ready, with all its attempts before it if it was dead. `false` when it is neither. */
  requeue(id: TaskId): boolean;
  /** Takes a task out, whatever its state, unless a consumer has it (`false`, as for one that is not there). */
  remove(id: TaskId): boolean;
  /**
   * Makes every leased task ready at once, without waiting for leases to run out. For the only process that uses the database,
   * before it consumes.
   */
  reclaim(): void;
  /** Closes the database if it was opened here. Consumers have to be stopped before. */
  close(): void;
}

const DEFAULT_BACKOFF: Backoff = { firstMs: 1_000 };
/** Pause between two looks whether everything is worked off, in milliseconds. */
const DRAIN_POLL_MS = 100;

/**
 * Opens a durable queue in a SQLite file, or in a database that is open already: then a task can be added in the same transaction
 * as what it is about, and the owner decides on WAL and `synchronous`.
 *
 * @throws {@link QueueInvalidError} {@link QueueTooNewError}
 */
export function openQueue<Payload = unknown>(
  where: string | Database,
  options: QueueOptions = {},
): Queue<Payload> {
  const { name = "default", attempts = 5, backoff = DEFAULT_BACKOFF } = options;
  const { keepDoneMs = 3_600_000, synchronous = "normal", random = Math.random } = options;
  if (name === "") throw new QueueInvalidError("A queue's name is not empty.");
  checkRetrying({ attempts, backoff });
  if (keepDoneMs !== Number.POSITIVE_INFINITY) checkNumber("keepDoneMs", keepDoneMs, 0);
  const database = typeof where === "string" ? new SqliteDatabase(where) : where;
  if (typeof where === "string") {
    database.pragma("journal_mode = WAL");
    database.pragma(`synchronous = ${synchronous}`);
  }
  try {
    migrate(database);
  } catch (error) {
    if (typeof where === "string") database.close();
    throw error;
  }
  database.prepare("INSERT OR IGNORE INTO queue_names (name) VALUES (?)").run(name);
  const number = database
    .prepare<[string], number>("SELECT id FROM queue_names WHERE name = ?")
    .pluck()
    .get(name);
  if (typeof number !== "number") {
    throw new QueueInvalidError("The database gives BigInts: open it without defaultSafeIntegers.");
  }

  const tables = createTables(database, number);
  const records = createRecords<Payload>(database, number);
  const nextId = createIds(
    database.prepare<[], TaskId>("SELECT max(id) FROM queue_bodies").pluck().get() ?? 0,
  );
  const events = new EventEmitter<QueueEventMap>();
  const consumers = new Set<{ wake(): void }>();
  const transaction = database.transaction((action: () => unknown) => action());
  const atomically = <T>(action: () => T) => transaction.immediate(action) as T;
  const isOpen = () => database.open;
  const parts: ConsumerParts = {
    ...{ tables, atomically, isOpen, events, attempts, backoff, keepDoneMs, random },
  };

  function wake(): void {
    for (const consumer of consumers) consumer.wake();
  }

  function rowOf(task: NewTask<Payload>): NewRow {
    const { payload, priority = "normal", tags, key, delayMs } = task;
    return {
      priority: PRIORITIES.indexOf(priority),
      tagSet: tags === undefined || tags.length === 0 ? 0 : tables.tagSetOf(tagsKey(tags)),
      payload: encodeJson(payload, "payload"),
      key: key ?? null,
      options: encodeOptions(task),
      runAt: task.runAt ?? (delayMs === undefined ? null : clockMs() + delayMs),
    };
  }

  function place(row: NewRow): TaskId {
    let id = nextId();
    while (!tables.add(id, row)) id = nextId(); // another process had it in the same millisecond
    return id;
  }

  /** Needs a transaction around it. */
  function add(task: NewTask<Payload>): Enqueued {
    const other = task.key === undefined ? undefined : tables.idOfKey(task.key);
    if (other !== undefined) return { id: other, isNew: false };
    return { id: place(rowOf(task)), isNew: true };
  }

  /** Adds many; those that are plain, several by one statement. Needs a transaction around it. */
  function addAll(tasks: Iterable<NewTask<Payload>>): Enqueued[] {
    const list: Enqueued[] = [];
    let waiting: { row: PlacedRow; added: Enqueued }[] = [];
    const flush = () => {
      const rows = waiting.map(({ row }) => row);
      if (rows.length < ROWS_AT_ONCE || !tables.addSeveral(rows)) {
        for (const { row, added } of waiting) if (!tables.add(row.id, row)) added.id = place(row);
      }
      waiting = [];
    };
    for (const task of tasks) {
      checkTask(task);
      if (task.key !== undefined || task.delayMs !== undefined || task.runAt !== undefined) {
        list.push(add(task));
        continue;
      }
      const added = { id: nextId(), isNew: true };
      waiting.push({ row: { ...rowOf(task), id: added.id }, added });
      list.push(added);
      if (waiting.length === ROWS_AT_ONCE) flush();
    }
    flush();
    return list;
  }

  function enqueueAll(tasks: Iterable<NewTask<Payload>>): Enqueued[] {
    const added = atomically(() => addAll(tasks));
    wake();
    return added;
  }

  let group: { task: NewTask<Payload>; settle: PromiseWithResolvers<Enqueued> }[] = [];

  function commitGroup(): void {
    const members = group;
    group = [];
    try {
      const added = enqueueAll(members.map(({ task }) => task));
      for (const [i, { settle }] of members.entries()) settle.resolve(added[i] as Enqueued);
    } catch (error) {
      for (const { settle } of members) settle.reject(error);
    }
  }

  return {
    name,
    events,
    enqueue(task) {
      checkTask(task);
      const added = atomically(() => add(task));
      wake();
      return added;
    },
    enqueueAll,
    async enqueueSoon(task) {
      checkTask(task);
      encodeJson(task.payload, "payload"); // what is wrong with one must not keep out the others
      if (group.length === 0) setImmediate(commitGroup);
      const settle = Promise.withResolvers<Enqueued>();
      group.push({ task, settle });
      return settle.promise;
    },
    consume(given) {
      const { slots, leaseMs, pollMs, gatherMs, tags } = given;
      if (typeof slots === "number") checkCount("slots", slots);
      if (gatherMs !== undefined) checkNumber("gatherMs", gatherMs, 0);
      if (leaseMs !== undefined) checkNumber("leaseMs", leaseMs, 10);
      if (pollMs !== undefined) checkNumber("pollMs", pollMs, 1);
      if (tags !== undefined) checkTags(tags);
      const onEnded = () => void consumers.delete(consumer);
      const consumer = startConsumer<Payload>(parts, { ...given, onEnded });
      consumers.add(consumer);
      return consumer;
    },

    pause: () => tables.setPaused(true),
    resume() {
      tables.setPaused(false);
      wake();
    },
    get isPaused() {
      return tables.isPaused();
    },
    async drain({ signal } = {}) {
      while (!records.isWorkedOff()) {
        signal?.throwIfAborted();
        await new Promise((resolve) => setTimeout(resolve, DRAIN_POLL_MS));
      }
    },

    get: (id) => records.record(id),
    find(key) {
      const id = tables.idOfKey(key);
      return id === undefined ? undefined : records.record(id);
    },
    counts: () => records.counts(),
    dead: (list = {}) => records.dead(list),
    requeue(id) {
      const row = records.body(id);
      if (row === undefined) return false;
      const found = atomically(() => {
        if (tables.notDead(id)) tables.failed(id, 0, row.error);
        else if (row.run_at === null || !tables.notDelayed(row)) return false;
        tables.giveBack(row);
        return true;
      });
      wake();
      return found;
    },
    remove: (id) =>
      atomically(() => {
        const row = records.body(id);
        if (row === undefined) return false;
        const isOut =
          tables.notReady(row) ||
          tables.notDelayed(row) ||
          tables.notDead(id) ||
          tables.notDone(id);
        if (isOut) tables.forget(id, row.task_key);
        return isOut;
      }),
    reclaim() {
      const told: (() => void)[] = [];
      atomically(() => {
        const now = clockMs();
        for (const consumer of tables.lapsed(Number.MAX_SAFE_INTEGER)) {
          returnLeases({ ...parts, tell: (event) => told.push(event) }, consumer, now);
        }
      });
      for (const event of told) event();
      wake();
    },
    close() {
      if (typeof where === "string") database.close();
    },
  };
}

function tagsKey(tags: readonly string[]): string {
  return JSON.stringify([...new Set(tags)].sort());
}
