import type { TaskOptions } from "@assay/queue";
import type { TaskEnd } from "../runner/runner.ts";
import type { QueueFile } from "./openFile.ts";
import { endOf } from "./store.ts";

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

/** The tasks that this process has put into a queue's file and waits for, whoever does them. */
export interface TaskTable {
  /** Puts a task into the queue, unless it is there or done already, and waits for its end. */
  ask(task: AskedTask, signal: AbortSignal): Promise<AskedEnd>;
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
    const found: [Waiting, AskedEnd][] = [];
    const waits: [number, Waiting][] = [];
    try {
      atomically(() => {
        const added = new Map<number, { payload: number }>();
        for (const one of group) {
          const { job, hash, input } = one.task;
          const known = store.find(job, hash);
          const end = known && endOf(known);
          if (end !== undefined) found.push([one, end]);
          else {
            const id = known?.id ?? store.add(job, hash, input);
            waits.push([id, one]);
            if (added.has(id)) continue;
            const record = known && queue.get(known.queued);
            // A dead letter that is wanted again has all its attempts before it.
            if (record?.state === "dead") queue.requeue(record.id);
            else if (record === undefined) added.set(id, { payload: id, ...options });
          }
        }
        const ids = [...added.keys()];
        for (const [i, { id }] of queue.enqueueAll(added.values()).entries()) {
          store.setQueued(ids[i] as number, id);
        }
      });
    } catch (error) {
      for (const { settle } of group) settle.reject(error);
      return;
    }
    for (const [{ settle }, end] of found) settle.resolve(end);
    for (const [id, one] of waits) waiting.set(id, (waiting.get(id) ?? new Set()).add(one));
    // Others may be at work: whoever waits for them is not at its end.
    if (waiting.size > 0) timer.ref();
  }

  function look(): void {
    const version = database.pragma("data_version", { simple: true }) as number;
    if (version !== seen) {
      seen = version;
      for (const id of waiting.keys()) {
        const task = store.get(id);
        const end = task && endOf(task);
        if (end !== undefined) tell(id, end);
      }
    }
    if (performance.now() < slowAt) return;
    slowAt = performance.now() + SLOW_POLL_MS;
    for (const id of waiting.keys()) {
      const queued = store.get(id)?.queued;
      const record = queued === undefined ? undefined : queue.get(queued);
      if (record?.state === "dead")
        tell(id, { reason: record.error ?? "no attempt came to an end" });
    }
    store.forget(Date.now() - keepMs);
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
      const one = { task, settle };
      asked.push(one);
      // It stays in the queue: done by then, it is there for the next run of the same.
      const onAbort = () => settle.reject(signal.reason);
      signal.addEventListener("abort", onAbort, { once: true });
      try {
        return await settle.promise;
      } finally {
        signal.removeEventListener("abort", onAbort);
      }
    },
    done: tell,
    close: () => clearInterval(timer),
  };
}
