import type { ConsumeOptions, Consumer, DoneTask, Task } from "@assay/queue";
import { createExecutor, type Executor } from "../executor/executor.ts";
import { type CheckedProgram, createProgramChecker } from "../runner/checkedProgram.ts";
import type { TaskLimits } from "../runner/limits.ts";
import { openQueueFile, type QueueFile, type RetryOptions } from "./openFile.ts";
import type { DoneWork, StoredWork } from "./store.ts";
import type { TaskTable } from "./taskTable.ts";

/** A process is leased so much work, in milliseconds, that its executor never waits for the file, and others are left what they can do… */
const LEASED_MS = 100;
/** …within these bounds, in tasks. */
const MIN_LEASED = 4;
const MAX_LEASED = 512;
/** What is done waits so long for more, in milliseconds, while there is enough to do: a commit costs as much as some ten tasks. */
const GATHER_MS = 10;
/** Share of the newest task in the running mean of all tasks' time. */
const MEAN_WEIGHT = 0.05;
/** Fuel ends a task; this ends what should never happen. Milliseconds. */
const TASK_LIMIT_MS = 3_600_000;

export interface ServeQueueOptions
  extends Pick<ConsumeOptions<number>, "tags" | "leaseMs" | "pollMs"> {
  /** Sandboxed child processes, and so tasks at a time. Default: one a core. */
  processes?: number | undefined;
}

/** Whoever works on the tasks of a queue's file. */
export interface QueueServer {
  /** Takes no more tasks, ends when those under way have. */
  close(): Promise<void>;
}

/**
 * Works on the tasks of a queue's file until it is closed. Any number of processes may; one that is killed gives its tasks back when its
 * lease runs out.
 */
export function serveQueue(
  file: string,
  { attempts, backoff, ...options }: ServeQueueOptions & RetryOptions = {},
): QueueServer {
  const opened = openQueueFile(file, { attempts, backoff });
  const server = serveOpened(opened, options);
  return {
    async close() {
      await server.close();
      opened.close();
    },
  };
}

interface ReadyJob {
  program: CheckedProgram;
  limits: TaskLimits;
}

/** What a process that also asks for tasks knows of them. */
type Asking = Pick<TaskTable, "asked" | "done">;

export function serveOpened(
  { queue, store }: QueueFile,
  { processes, ...consuming }: ServeQueueOptions,
  asking?: Asking,
): QueueServer {
  const executor: Executor = createExecutor({ processes, taskLimitMs: TASK_LIMIT_MS });
  const check = createProgramChecker();
  const jobs = new Map<number, Promise<ReadyJob>>();
  let meanMs: number | undefined;
  let wanted: { id: number; found: PromiseWithResolvers<StoredWork | undefined> }[] = [];

  function jobOf(id: number): Promise<ReadyJob> {
    let job = jobs.get(id);
    if (job === undefined) {
      const { wasm, limits } = store.job(id);
      job = check(wasm).then((program) => ({ program, limits }));
      jobs.set(id, job);
    }
    return job;
  }

  /** Reads all tasks that were leased in one turn of the event loop by one statement. */
  function read(): void {
    const group = wanted;
    wanted = [];
    try {
      const work = store.workOf(group.map(({ id }) => id));
      const byId = new Map(work.map((one) => [one.id, one]));
      for (const { id, found } of group) found.resolve(byId.get(id));
    } catch (error) {
      for (const { found } of group) found.reject(error);
    }
  }

  function workOf(id: number): Promise<StoredWork | undefined> {
    if (wanted.length === 0) queueMicrotask(read);
    const found = Promise.withResolvers<StoredWork | undefined>();
    wanted.push({ id, found });
    return found.promise;
  }

  async function handler({ payload: id, signal }: Task<number>): Promise<DoneWork | undefined> {
    const work = asking?.asked(id) ?? (await workOf(id));
    // Somebody else took it for dead, did it, and it is forgotten by now.
    if (work === undefined) return undefined;
    const { program, limits } = await jobOf(work.job);
    const { input } = work;
    const { elapsedMs, ...end } = await executor.run({ program, input, ...limits, signal });
    meanMs = meanMs === undefined ? elapsedMs : meanMs + MEAN_WEIGHT * (elapsedMs - meanMs);
    return { id, end };
  }

  // A result is written by the transaction that takes the task out of the queue.
  function onDone(done: readonly DoneTask<number>[]): void {
    const work = (done as readonly { result: DoneWork | undefined }[]).map(({ result }) => result);
    store.setDone(
      work.filter((one) => one !== undefined),
      Date.now(),
    );
  }
  queue.events.on("done", ({ result }) => {
    const done = result as DoneWork | undefined;
    if (done !== undefined) asking?.done(done.id, done.end);
  });

  function slots(): number {
    const each = meanMs === undefined ? MIN_LEASED : Math.ceil(LEASED_MS / meanMs);
    return executor.processes * Math.min(MAX_LEASED, Math.max(MIN_LEASED, each));
  }

  const gatherMs = GATHER_MS;
  const consumer: Consumer = queue.consume({ ...consuming, slots, gatherMs, handler, onDone });
  return {
    async close() {
      await consumer.stop();
      await executor.close();
    },
  };
}
