import type { ConsumeOptions, Consumer, Task } from "@assay/queue";
import { createExecutor, type Executor } from "../executor/executor.ts";
import { type CheckedProgram, createProgramChecker } from "../runner/checkedProgram.ts";
import type { TaskLimits } from "../runner/limits.ts";
import type { TaskEnd } from "../runner/runner.ts";
import { openQueueFile, type QueueFile, type RetryOptions } from "./openFile.ts";
import { endOf } from "./store.ts";

/** Tasks that a process is leased, so that its executor never waits for the file. */
const SLOTS_PER_PROCESS = 128;
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

/** @param onDone - told of tasks that are done, after their commit. */
export function serveOpened(
  { queue, store, atomically }: QueueFile,
  { processes, ...consuming }: ServeQueueOptions,
  onDone: (id: number, end: TaskEnd) => void = () => {},
): QueueServer {
  const executor: Executor = createExecutor({ processes, taskLimitMs: TASK_LIMIT_MS });
  const check = createProgramChecker();
  const jobs = new Map<number, Promise<ReadyJob>>();
  let ended: { id: number; end: TaskEnd; committed: PromiseWithResolvers<void> }[] = [];

  function jobOf(id: number): Promise<ReadyJob> {
    let job = jobs.get(id);
    if (job === undefined) {
      const { wasm, limits } = store.job(id);
      job = check(wasm).then((program) => ({ program, limits }));
      jobs.set(id, job);
    }
    return job;
  }

  /** What ends in one turn of the event loop is one commit. */
  function commit(): void {
    const group = ended;
    ended = [];
    try {
      const now = Date.now();
      atomically(() => {
        for (const { id, end } of group) store.setDone(id, end, now);
      });
    } catch (error) {
      for (const { committed } of group) committed.reject(error);
      return;
    }
    for (const { id, end, committed } of group) {
      committed.resolve();
      onDone(id, end);
    }
  }

  async function handler({ payload: id, signal }: Task<number>): Promise<void> {
    const task = store.get(id);
    // Its results were kept long enough, or a process died between the result and the end of the task.
    if (task === undefined || endOf(task) !== undefined) return;
    const { program, limits } = await jobOf(task.job);
    const input = new Uint8Array(task.input ?? new Uint8Array());
    const { elapsedMs: _, ...end } = await executor.run({ program, input, ...limits, signal });
    if (ended.length === 0) setImmediate(commit);
    const committed = Promise.withResolvers<void>();
    ended.push({ id, end, committed });
    await committed.promise;
  }

  const slots = executor.processes * SLOTS_PER_PROCESS;
  const consumer: Consumer = queue.consume({ ...consuming, slots, handler });
  return {
    async close() {
      await consumer.stop();
      await executor.close();
    },
  };
}
