import { Worker } from "node:worker_threads";
import type { CheckedProgram } from "../runner/checkedProgram.ts";
import type { TaskLimits } from "../runner/limits.ts";
import type { ThreadEnd, ThreadOrder, ThreadReply } from "./threadMessages.ts";

/** Compiled programs that one thread keeps. */
const PROGRAMS_PER_THREAD = 4;

/** What the tasks of one run have in common. */
export interface ThreadRun {
  program: CheckedProgram;
  limits: TaskLimits;
  /** Running mean of a task's time in milliseconds, once there is one. */
  meanMs: number | undefined;
}

export interface ThreadTask {
  readonly run: ThreadRun;
  readonly input: Uint8Array;
  readonly signal: AbortSignal;
  /** Threads that ended while they had it. */
  deaths: number;
  settle(ended: ThreadEnd, elapsedMs: number): void;
  fail(error: Error): void;
}

/** A thread and the tasks that it has. */
export interface Thread {
  readonly load: number;
  has(task: ThreadTask): boolean;
  /** Tasks of one run. */
  assign(tasks: readonly ThreadTask[]): void;
  /** Ends it in the middle of what it does. */
  terminate(): Promise<unknown>;
}

export function startThread({
  onReply,
  onGone,
}: {
  onReply(): void;
  /** It ended by itself, or was ended; these had no reply yet. */
  onGone(unfinished: readonly ThreadTask[], how: string): void;
}): Thread {
  const worker = new Worker(new URL("thread.ts", import.meta.url));
  // Work under way keeps the process alive by its promises' owners; an idle thread does not.
  worker.unref();
  const tasks = new Map<number, ThreadTask>();
  const numbers = new Map<CheckedProgram, number>();
  let nextTask = 0;
  let nextProgram = 0;
  let how = "it was ended";

  worker.on("message", (replies: ThreadReply) => {
    for (const { id, elapsedMs, ...ended } of replies) {
      const task = tasks.get(id);
      tasks.delete(id);
      task?.settle(ended as ThreadEnd, elapsedMs);
    }
    if (tasks.size === 0) worker.unref();
    onReply();
  });
  worker.on("error", (error) => {
    how = error.message;
  });
  worker.on("exit", () => {
    const unfinished = [...tasks.values()];
    tasks.clear();
    onGone(unfinished, how);
  });

  /** The program's number, and its module if the thread does not have it yet. */
  function numbered(program: CheckedProgram): Pick<ThreadOrder, "program" | "module" | "unload"> {
    const known = numbers.get(program);
    if (known !== undefined) return { program: known, unload: [] };
    const number = nextProgram++;
    const unload: number[] = [];
    for (const [oldest, old] of numbers) {
      if (numbers.size < PROGRAMS_PER_THREAD) break;
      numbers.delete(oldest);
      unload.push(old);
    }
    numbers.set(program, number);
    return { program: number, module: program.instrumented, unload };
  }

  return {
    get load() {
      return tasks.size;
    },
    has: (task) => [...tasks.values()].includes(task),
    assign(assigned) {
      const [first] = assigned;
      if (first === undefined) return;
      worker.ref();
      const order: ThreadOrder = {
        ...numbered(first.run.program),
        limits: first.run.limits,
        tasks: assigned.map((task) => {
          const id = nextTask++;
          tasks.set(id, task);
          return { id, input: task.input };
        }),
      };
      worker.postMessage(order);
    },
    terminate: () => worker.terminate(),
  };
}
