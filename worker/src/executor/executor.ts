import { availableParallelism } from "node:os";
import { type AbortOptions, Outcome } from "@assay/sdk";
import { ExecutorClosedError, HostMemoryError, ProgramRefusedError } from "./errors.ts";
import type { Program } from "./program.ts";
import type { TaskReply } from "./protocol.ts";
import { type Assignment, createSlot, type Slot } from "./slot.ts";

/** A child gets so much work ahead, in milliseconds, that it never waits for the IPC channel… */
const WORK_AHEAD_MS = 4;
/** …within these bounds, in tasks… */
const MIN_AHEAD = 2;
const MAX_AHEAD = 64;
/** …and this many bytes of inputs. */
const MAX_AHEAD_BYTES = 4 << 20;
/** Share of the newest task in the running mean of a program's time. */
const MEAN_WEIGHT = 0.2;

/** How a task ended, and how long it took on this machine in milliseconds. */
export type TaskRun = { elapsedMs: number } & (
  | { outcome: typeof Outcome.ok; bytes: Uint8Array }
  | { outcome: typeof Outcome.trap | typeof Outcome.overLimit }
);

export interface RunParameters extends AbortOptions {
  program: Program;
  input: Uint8Array;
  maxResultBytes: number;
  /** Wall-clock limit in milliseconds. Default: the executor's `taskLimitMs`. */
  limitMs?: number | undefined;
}

export interface ExecutorOptions {
  /** Most child processes, and so tasks at a time. Default: one a core. */
  processes?: number | undefined;
  /** Wall-clock limit of a task in milliseconds. Default: 10,000. */
  taskLimitMs?: number | undefined;
  /** A child without work for so many milliseconds is ended. Default: 30,000. */
  idleMs?: number | undefined;
}

export interface Executor {
  /** Most tasks that run at a time. */
  readonly processes: number;
  /** Wall-clock limit of a task, in milliseconds. */
  readonly taskLimitMs: number;
  /**
   * Runs one task in a fresh instance of its program.
   *
   * @throws {@link ProgramRefusedError} when the engine does not compile the program.
   * @throws NodeTroubleError (time-out, dead process, host out of memory): never an outcome of the task.
   */
  run(parameters: RunParameters): Promise<TaskRun>;
  /** Kills every child and resolves when they are gone; what was not finished throws {@link ExecutorClosedError}. */
  close(): Promise<void>;
}

/** A pool of child processes that start when there is work and end when there is none. */
export function createExecutor({
  processes = availableParallelism(),
  taskLimitMs = 10_000,
  idleMs = 30_000,
}: ExecutorOptions = {}): Executor {
  const waiting: Assignment[] = [];
  const slots = new Set<Slot>();
  /** Children on their way out. */
  const ending = new Set<Promise<void>>();
  const meanMs = new WeakMap<Program, number>();
  let closed = false;

  const reaper = setInterval(() => {
    const idleBefore = Date.now() - idleMs;
    for (const slot of slots) if (slot.load === 0 && slot.idleSince < idleBefore) endSlot(slot);
  }, idleMs / 2);
  reaper.unref();

  function endSlot(slot: Slot): void {
    slots.delete(slot);
    const ended = slot.stop().finally(() => ending.delete(ended));
    ending.add(ended);
  }

  function addSlot(): Slot {
    const slot = createSlot({
      onReply: dispatch,
      onGone(unfinished) {
        slots.delete(slot);
        if (closed) for (const assignment of unfinished) assignment.fail(new ExecutorClosedError());
        else waiting.unshift(...unfinished);
        dispatch();
      },
    });
    slots.add(slot);
    return slot;
  }

  function ahead(program: Program): number {
    const mean = meanMs.get(program);
    if (mean === undefined) return MIN_AHEAD;
    return Math.min(MAX_AHEAD, Math.max(MIN_AHEAD, Math.ceil(WORK_AHEAD_MS / mean)));
  }

  /** The child with the least to do, a new one if all are busy and there may be more. */
  function pickSlot(): Slot | undefined {
    let best: Slot | undefined;
    for (const slot of slots) if (best === undefined || slot.load < best.load) best = slot;
    return (best === undefined || best.load > 0) && slots.size < processes ? addSlot() : best;
  }

  function dispatch(): void {
    while (!closed) {
      const next = waiting[0];
      const slot = next === undefined ? undefined : pickSlot();
      if (next === undefined || slot === undefined) return;
      const room = ahead(next.program) - slot.load;
      if (room <= 0) return;
      // Idle cores come first: what they could take is not put in one child's queue.
      const share = Math.ceil(waiting.length / processes);
      slot.assign(takeWaiting(Math.min(room, share)));
    }
  }

  function takeWaiting(count: number): Assignment[] {
    let bytes = 0;
    let taken = 0;
    for (const { input } of waiting) {
      bytes += input.length;
      if (taken > 0 && (taken >= count || bytes > MAX_AHEAD_BYTES)) break;
      taken++;
    }
    return waiting.splice(0, taken);
  }

  return {
    processes,
    taskLimitMs,
    run({ program, input, maxResultBytes, limitMs = taskLimitMs, signal }) {
      return new Promise<TaskRun>((resolve, reject) => {
        if (closed) throw new ExecutorClosedError();
        signal?.throwIfAborted();
        const onAbort = () => {
          const index = waiting.indexOf(assignment);
          if (index >= 0) waiting.splice(index, 1);
          // One that runs is left to its end: killing the child would take others with it.
          reject(signal?.reason);
        };
        const assignment: Assignment = {
          program,
          input,
          maxResultBytes,
          limitMs,
          settle(reply) {
            signal?.removeEventListener("abort", onAbort);
            const mean = meanMs.get(program) ?? reply.elapsedMs;
            meanMs.set(program, mean + MEAN_WEIGHT * (reply.elapsedMs - mean));
            try {
              resolve(toTaskRun(reply));
            } catch (error) {
              reject(error);
            }
          },
          fail(error) {
            signal?.removeEventListener("abort", onAbort);
            reject(error);
          },
        };
        signal?.addEventListener("abort", onAbort, { once: true });
        waiting.push(assignment);
        dispatch();
      });
    },
    async close() {
      closed = true;
      clearInterval(reaper);
      for (const assignment of waiting.splice(0)) assignment.fail(new ExecutorClosedError());
      for (const slot of slots) endSlot(slot);
      await Promise.all(ending);
    },
  };
}

function toTaskRun({ result, elapsedMs }: TaskReply): TaskRun {
  switch (result.type) {
    case "ok":
      return { outcome: Outcome.ok, bytes: result.bytes, elapsedMs };
    case "trap":
      return { outcome: Outcome.trap, elapsedMs };
    case "over-limit":
      return { outcome: Outcome.overLimit, elapsedMs };
    case "refused":
      throw new ProgramRefusedError(result.message);
    case "host-out-of-memory":
      throw new HostMemoryError(result.message);
  }
}
