import { availableParallelism } from "node:os";
import type { BlockReader } from "@assay/sdk/protocol";
import { createAborts } from "../executor/aborts.ts";
import {
  ExecutorProcessError,
  HostMemoryError,
  HostStackError,
  ProgramRefusedError,
} from "../executor/errors.ts";
import { createRunner, type Job } from "../runner/createRunner.ts";
import { RunnerClosedError } from "../runner/errors.ts";
import type { Runner, TaskEnd } from "../runner/runner.ts";
import type { Trouble } from "./threadMessages.ts";
import { startThread, type Thread, type ThreadTask } from "./threadSlot.ts";

/** A thread gets so much work ahead, in milliseconds, that it never waits for this one… */
const WORK_AHEAD_MS = 4;
/** …within these bounds, in tasks. */
const MIN_AHEAD = 2;
const MAX_AHEAD = 128;
/** Share of the newest task in the running mean of a program's time. */
const MEAN_WEIGHT = 0.2;
/** A thread that still has a task so long after nobody wants it, in milliseconds, is ended. */
const GIVE_UP_MS = 100;
/** A task that was on so many threads when they died is what kills them. */
const MOST_DEATHS = 2;

export interface ThreadsRunnerOptions {
  /** Threads, and so tasks at a time. Default: one a core. */
  threads?: number | undefined;
  /** Reads inputs that are named by their CID. */
  content?: BlockReader | undefined;
}

/**
 * Runs own programs in threads of this process. It is no sandbox: a program that V8 has no defence against takes this process down, and
 * nothing but fuel ends a task, unless the run is aborted.
 */
export function threadsRunner({
  threads: count = availableParallelism(),
  content,
}: ThreadsRunnerOptions = {}): Runner {
  const name = "threads";
  const threads = new Set<Thread>();
  const aborts = createAborts();
  const waiting: ThreadTask[] = [];
  let isDispatchDue = false;
  let isClosed = false;

  function addThread(): Thread {
    const thread = startThread({
      onReply: dispatchSoon,
      onGone(unfinished, how) {
        threads.delete(thread);
        for (const task of unfinished.toReversed()) {
          if (task.signal.aborted) continue;
          if (++task.deaths < MOST_DEATHS) waiting.unshift(task);
          else task.fail(new ExecutorProcessError(how));
        }
        dispatchSoon();
      },
    });
    threads.add(thread);
    return thread;
  }

  /** What comes in one turn of the event loop goes out in one message. */
  function dispatchSoon(): void {
    if (isDispatchDue || isClosed) return;
    isDispatchDue = true;
    setImmediate(() => {
      isDispatchDue = false;
      dispatch();
    });
  }

  function pickThread(): Thread | undefined {
    let best: Thread | undefined;
    for (const thread of threads) if (best === undefined || thread.load < best.load) best = thread;
    return (best === undefined || best.load > 0) && threads.size < count ? addThread() : best;
  }

  function dispatch(): void {
    while (!isClosed) {
      while (waiting[0]?.signal.aborted) waiting.shift();
      const [next] = waiting;
      const thread = next && pickThread();
      if (next === undefined || thread === undefined) return;
      const room = aheadOf(next) - thread.load;
      if (room <= 0) return;
      // Idle threads come first: what they could take is not put in one thread's queue.
      const share = Math.min(room, Math.ceil(waiting.length / count));
      let end = 1;
      while (end < share && waiting[end]?.run === next.run) end++;
      thread.assign(waiting.splice(0, end));
    }
  }

  function aheadOf({ run: { meanMs }, deaths }: ThreadTask): number {
    if (deaths > 0) return 1;
    if (meanMs === undefined) return MIN_AHEAD;
    return Math.min(MAX_AHEAD, Math.max(MIN_AHEAD, Math.ceil(WORK_AHEAD_MS / meanMs)));
  }

  /** A thread that is about to end the task is worth more than a new one. */
  function giveUp(task: ThreadTask): void {
    const at = waiting.indexOf(task);
    if (at >= 0) waiting.splice(at, 1);
    const thread = [...threads].find((one) => one.has(task));
    if (thread === undefined) return;
    setTimeout(() => {
      if (thread.has(task)) void thread.terminate();
    }, GIVE_UP_MS).unref();
  }

  function open({ program, limits }: Job) {
    const run = { program, limits, meanMs: undefined as number | undefined };
    const runTask = (input: Uint8Array, { signal }: { signal: AbortSignal }) =>
      new Promise<TaskEnd>((resolve, reject) => {
        if (isClosed) throw new RunnerClosedError(name);
        signal.throwIfAborted();
        const onAbort = () => {
          giveUp(task);
          reject(signal.reason);
        };
        const task: ThreadTask = {
          ...{ run, input, signal, deaths: 0 },
          settle(ended, elapsedMs) {
            forget();
            run.meanMs ??= elapsedMs;
            run.meanMs += MEAN_WEIGHT * (elapsedMs - run.meanMs);
            if ("end" in ended) resolve(ended.end);
            else reject(errorOf(ended.trouble));
          },
          fail(error) {
            forget();
            reject(error);
          },
        };
        const forget = aborts.add(signal, onAbort);
        waiting.push(task);
        dispatchSoon();
      });
    return { window: count * MAX_AHEAD, runTask };
  }

  return createRunner({
    ...{ name, content, open },
    async close() {
      isClosed = true;
      await Promise.all([...threads].map((thread) => thread.terminate()));
    },
  });
}

function errorOf({ type, details }: Trouble): Error {
  if (type === "memory") return new HostMemoryError(details);
  if (type === "stack") return new HostStackError(details);
  return new ProgramRefusedError(details);
}
