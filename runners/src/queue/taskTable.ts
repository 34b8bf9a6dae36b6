import type { TaskOptions } from "@assay/queue";
import { createAborts } from "../executor/aborts.ts";
import type { TaskEnd } from "../runner/runner.ts";
import type { QueueFile } from "./openFile.ts";
import { endOf, keyOf, type StoredWork } from "./store.ts";

/** How often it is looked at what other processes did, in milliseconds… */
const POLL_MS = 20;
/** …and at what no commit of theirs tells of by itself: tasks that died with their process. */
const SLOW_POLL_MS = 1_000;

/** A task and the hash of its input. */
export interface AskedTask {
  job: number;
  hash: Uint8Array;
  input: Uint8Array;
}

/** How a task ended, or why it never will. */
export type AskedEnd = TaskEnd | { reason: string };

interface Waiting {
  task: AskedTask;
  settle: PromiseWithResolvers<AskedEnd>;
}

/** Tasks that are done already, and those to wait for, by their ids. */
interface Placed {
  ended: [Waiting, AskedEnd][];
  waits: [Waiting, number][];
}

/** The tasks that this process has put into a queue's file and waits for, whoever does them. */
export interface TaskTable {
  /** Puts a task into the queue, unless it is there or done already, and waits for its end. */
  ask(task: AskedTask, signal: AbortSignal): Promise<AskedEnd>;
  /** A task that is waited for here. */
  asked(id: number): AskedTask | undefined;
  /** Tells that this process has done one. */
  done(id: number, end: TaskEnd): void;
  close(): void;
}

export function createTaskTable(
  { database, store, queue, atomically }: QueueFile,
  {
    pollMs = POLL_MS,
    keepMs,
    ...options
  }: Omit<TaskOptions, "key" | "delayMs" | "runAt"> & {
    pollMs?: number | undefined;
    keepMs: number;
  },
): TaskTable {
  const waiting = new Map<number, Set<Waiting>>();
  const aborts = createAborts();
  let asked: Waiting[] = [];
  let seen = -1;
  let slowAt = 0;

  function tell(id: number, end: AskedEnd): void {
    for (const { settle } of waiting.get(id) ?? []) settle.resolve(end);
    waiting.delete(id);
    if (waiting.size === 0) timer.unref();
  }

  /** What is asked for in one turn of the event loop is one commit. */
  function commit(): void {
    const group = asked;
    asked = [];
    let placed: Placed;
    try {
      placed = atomically(() => place(group));
    } catch (error) {
      for (const { settle } of group) settle.reject(error);
      return;
    }
    for (const [{ settle }, end] of placed.ended) settle.resolve(end);
    for (const [one, id] of placed.waits) {
      const others = waiting.get(id);
      if (others === undefined) waiting.set(id, new Set([one]));
      else others.add(one);
    }
    // Others may be at work: whoever waits for them is not at its end.
    if (waiting.size > 0) timer.ref();
  }

  /** Puts into the queue what is neither there nor done. Needs a transaction around it. */
  function place(group: readonly Waiting[]): Placed {
    const placed: Placed = { ended: [], waits: [] };
    const fresh: (StoredWork & { hash: Uint8Array })[] = [];
    /** Known, and yet not in the queue. */
    const lost: number[] = [];
    let lastId = store.lastId();
    for (const [job, members] of Map.groupBy(group, ({ task }) => task.job)) {
      const known = store.known(
        job,
        members.map(({ task }) => task.hash),
      );
      const ids = new Map<string, number>();
      for (const one of members) {
        const key = keyOf(one.task.hash);
        const found = known.get(key);
        const end = found && endOf(found);
        if (end !== undefined) {
          placed.ended.push([one, end]);
          continue;
        }
        let id = ids.get(key);
        if (id === undefined) {
          id = found?.id ?? ++lastId;
          ids.set(key, id);
          if (found === undefined) fresh.push({ id, ...one.task });
          else if (!isQueued(found.queued)) lost.push(id);
        }
        placed.waits.push([one, id]);
      }
    }
    const payloads = [...fresh.map(({ id }) => id), ...lost];
    const added = queue.enqueueAll(payloads.map((payload) => ({ payload, ...options })));
    const queued = (i: number) => added[i]?.id ?? 0;
    store.add(fresh.map((task, i) => ({ ...task, queued: queued(i) })));
    for (const [i, id] of lost.entries()) store.setQueued(id, queued(fresh.length + i));
    return placed;
  }

  /** A dead letter that is wanted again has all its attempts before it. */
  function isQueued(id: number): boolean {
    const record = queue.get(id);
    if (record?.state === "dead") queue.requeue(id);
    return record !== undefined;
  }

  function look(): void {
    const version = database.pragma("data_version", { simple: true }) as number;
    if (version !== seen) {
      seen = version;
      for (const task of store.endsOf([...waiting.keys()])) {
        const end = endOf(task);
        if (end !== undefined) tell(task.id, end);
      }
    }
    if (performance.now() < slowAt) return;
    slowAt = performance.now() + SLOW_POLL_MS;
    lookForDead();
    store.forget(Date.now() - keepMs);
  }

  function lookForDead(): void {
    const among = store.queuedOf([...waiting.keys()]);
    for (const { payload, error } of queue.dead({ among, limit: among.length })) {
      tell(payload, { reason: error ?? "no attempt came to an end" });
    }
  }

  queue.events.on("dead", ({ id, reason }) => {
    const record = queue.get(id);
    if (record !== undefined) tell(record.payload, { reason });
  });
  const timer = setInterval(() => {
    if (waiting.size > 0) look();
  }, pollMs);
  timer.unref();

  return {
    async ask(task, signal) {
      signal.throwIfAborted();
      if (asked.length === 0) setImmediate(commit);
      const settle = Promise.withResolvers<AskedEnd>();
      asked.push({ task, settle });
      // It stays in the queue: done by then, it is there for the next run of the same.
      const forget = aborts.add(signal, () => settle.reject(signal.reason));
      try {
        return await settle.promise;
      } finally {
        forget();
      }
    },
    asked(id) {
      for (const { task } of waiting.get(id) ?? []) return task;
      return undefined;
    },
    done: tell,
    close: () => clearInterval(timer),
  };
}
