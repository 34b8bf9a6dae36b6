import { availableParallelism } from "node:os";
import { type AbortOptions, Outcome } from "@assay/sdk";
import { MAX_FUEL } from "@assay/sdk/program";
import { createAborts } from "./aborts.ts";
import {
  ExecutorClosedError,
  HostMemoryError,
  HostStackError,
  ProgramRefusedError,
  TaskTimeoutError,
} from "./errors.ts";
import { createFairQueue } from "./fairQueue.ts";
import type { Program } from "./program.ts";
import type { TaskReply } from "./replies.ts";
import { type Assignment, createSlot, type Slot } from "./slot.ts";

/** A child gets so much work ahead, in milliseconds, that it never waits for the node… */
const WORK_AHEAD_MS = 4;
/** …within these bounds, in tasks… */
const MIN_AHEAD = 2;
const MAX_AHEAD = 64;
/** …and, above the least number of tasks, in bytes of inputs. */
const MAX_AHEAD_BYTES = 2 << 20;
/** While another program's tasks wait, a task may run so long, in milliseconds… */
const MIN_PATIENCE_MS = 250;
/** …or so many times its program's mean, before it is interrupted and has to start again later. */
const PATIENCE_MEANS = 8;

/** A child that still runs a task so long after nobody wants it, in milliseconds, is ended. */
const GIVE_UP_MS = 100;

/** How a task ended, and how long it took on this machine in milliseconds. */
export type TaskRun = {
  elapsedMs: number;
  /** Where {@link RunParameters.withFuel} asked for it. */
  fuelUsed?: bigint | undefined;
} & (
  | { outcome: typeof Outcome.ok; bytes: Uint8Array }
  | { outcome: typeof Outcome.trap | typeof Outcome.overLimit }
);

export interface RunParameters extends AbortOptions {
  program: Program;
  /** Not to be changed before the task has ended. */
  input: Uint8Array;
  maxResultBytes: number;
  /** Most fuel; see `docs/programs.md`. */
  maxSteps: bigint;
  /** Wall-clock limit in milliseconds. Default: the executor's `taskLimitMs`. */
  limitMs?: number | undefined;
  /** Whether the fuel that it took is told. Default: false. */
  withFuel?: boolean | undefined;
}

export interface ExecutorOptions {
  /** Maximum number of child processes, and so of concurrent tasks. Default: one per core. */
  processes?: number | undefined;
  /** Wall-clock limit of a task in milliseconds. Default: 10,000. */
  taskLimitMs?: number | undefined;
  /** A child without work for so many milliseconds is ended. Default: 30,000. */
  idleMs?: number | undefined;
}

export interface Executor {
  /** Maximum number of concurrent tasks. */
  readonly processes: number;
  /** Wall-clock limit of a task, in milliseconds. */
  readonly taskLimitMs: number;
  /**
   * Runs one task from its program's initial state: nothing of an earlier task can be seen by it. Processes are shared
   * between programs by time, so that one which takes long does not keep the others waiting.
   *
   * @throws {@link ProgramRefusedError} when the engine does not compile the program.
   * @throws NodeTroubleError (time-out, dead process, host out of memory or stack): never an outcome of the task.
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
  const waiting = createFairQueue();
  const aborts = createAborts();
  const slots = new Set<Slot>();
  /** Children on their way out. */
  const ending = new Set<Promise<void>>();
  let closed = false;
  let dispatchIsDue = false;
  let patience: NodeJS.Timeout | undefined;

  const reaper = setInterval(() => {
    const idleBefore = performance.now() - idleMs;
    for (const slot of slots) if (slot.load === 0 && slot.idleSince < idleBefore) endSlot(slot);
  }, idleMs / 2);
  reaper.unref();

  function endSlot(slot: Slot, how: "stop" | "interrupt" = "stop"): void {
    slots.delete(slot);
    const ended = slot[how]().finally(() => ending.delete(ended));
    ending.add(ended);
  }

  function addSlot(): Slot {
    const slot = createSlot({
      onReply: dispatchSoon,
      onGone(unfinished) {
        slots.delete(slot);
        if (closed) for (const assignment of unfinished) assignment.fail(new ExecutorClosedError());
        else waiting.putBack(unfinished.filter(({ signal }) => !signal?.aborted));
        dispatchSoon();
      },
    });
    slots.add(slot);
    return slot;
  }

  /** The child with the least to do, a new one if all are busy and there may be more. */
  function pickSlot(): Slot | undefined {
    let best: Slot | undefined;
    for (const slot of slots) if (best === undefined || slot.load < best.load) best = slot;
    return (best === undefined || best.load > 0) && slots.size < processes ? addSlot() : best;
  }

  /** What comes in one turn of the event loop goes out in one write. */
  function dispatchSoon(): void {
    if (dispatchIsDue) return;
    dispatchIsDue = true;
    setImmediate(() => {
      dispatchIsDue = false;
      dispatch();
    });
  }

  function dispatch(): void {
    clearTimeout(patience);
    for (let next = waiting.peek(); next !== undefined && !closed; next = waiting.peek()) {
      const slot = pickSlot();
      const room = slot === undefined ? 0 : roomOf(slot, next);
      if (slot === undefined || room <= 0) break;
      // Idle cores come first: what they could take is not put in one child's queue.
      const share = Math.ceil(waiting.length / processes);
      slot.assign(takeWaiting(Math.min(room, share), slot));
    }
    if (!closed) interruptOverrunning();
  }

  /** How many tasks more a child may have, if the next one of them is `next`. */
  function roomOf(slot: Slot, { program, input, isSuspect }: Assignment): number {
    if (isSuspect || slot.hasSuspect) return 1 - slot.load;
    const mean = waiting.meanMs(program);
    const isFull = slot.loadBytes + input.length > MAX_AHEAD_BYTES;
    const ahead = mean === undefined || isFull ? MIN_AHEAD : Math.ceil(WORK_AHEAD_MS / mean);
    return Math.min(MAX_AHEAD, Math.max(MIN_AHEAD, ahead)) - slot.load;
  }

  function takeWaiting(count: number, { loadBytes }: Slot): Assignment[] {
    let left = count;
    let bytes = loadBytes + (waiting.peek()?.input.length ?? 0);
    return waiting.take(({ input, isSuspect }) => {
      bytes += input.length;
      return --left > 0 && bytes <= MAX_AHEAD_BYTES && !isSuspect;
    });
  }

  /**
   * Makes room for programs whose tasks wait behind one that takes far longer than is known of its program: it goes back into
   * the queue, known as a long one from now on, and so is interrupted a few times at most.
   */
  function interruptOverrunning(): void {
    let soonest = Number.POSITIVE_INFINITY;
    for (const slot of slots) {
      const { running } = slot;
      if (running === undefined) continue;
      const { assignment, ms } = running;
      const { program } = assignment;
      if (!waiting.hasOthers(program) && !slot.hasOthers(program)) continue;
      const mean = waiting.meanMs(program) ?? 0;
      const leftMs = Math.max(MIN_PATIENCE_MS, PATIENCE_MEANS * mean) - ms;
      if (leftMs > 0) soonest = Math.min(soonest, leftMs);
      else {
        waiting.overran(assignment, ms);
        endSlot(slot, "interrupt");
      }
    }
    if (soonest < Number.POSITIVE_INFINITY) patience = setTimeout(dispatch, soonest);
  }

  /** A child that is about to end the task is worth more than a new one: it is killed if it runs on for nobody. */
  function giveUp(assignment: Assignment): void {
    const slot = [...slots].find((one) => one.has(assignment));
    if (slot === undefined) return;
    setTimeout(() => {
      if (slot.running?.assignment === assignment) endSlot(slot, "interrupt");
      else if (slots.has(slot)) giveUp(assignment);
    }, GIVE_UP_MS).unref();
  }

  return {
    processes,
    taskLimitMs,
    run({ program, input, maxResultBytes, maxSteps, limitMs = taskLimitMs, withFuel, signal }) {
      return new Promise<TaskRun>((resolve, reject) => {
        if (closed) throw new ExecutorClosedError();
        signal?.throwIfAborted();
        const onAbort = () => {
          waiting.remove(assignment);
          reject(signal?.reason);
          giveUp(assignment);
        };
        const assignment: Assignment = {
          ...{ program, input, maxResultBytes, limitMs, signal },
          maxSteps: fuelFor(maxSteps),
          isSuspect: false,
          settle(reply) {
            forget?.();
            waiting.finished(assignment, reply.elapsedMs);
            try {
              const run = toTaskRun(reply, assignment);
              resolve(withFuel ? { ...run, fuelUsed: reply.fuelUsed } : run);
            } catch (error) {
              reject(error);
            }
          },
          fail(error) {
            forget?.();
            reject(error);
          },
        };
        const forget = signal && aborts.add(signal, onAbort);
        waiting.add(assignment);
        dispatchSoon();
      });
    },
    async close() {
      closed = true;
      clearInterval(reaper);
      clearTimeout(patience);
      for (const assignment of waiting.takeAll()) assignment.fail(new ExecutorClosedError());
      for (const slot of slots) endSlot(slot);
      await Promise.all(ending);
    },
  };
}

/** Nobody sees a counter of 63 bits run out. */
function fuelFor(maxSteps: bigint): bigint {
  if (maxSteps > MAX_FUEL) return MAX_FUEL;
  return maxSteps;
}

function toTaskRun(
  { type, payload, elapsedMs }: TaskReply,
  { limitMs }: Pick<Assignment, "limitMs">,
): TaskRun {
  const message = () => new TextDecoder().decode(payload);
  switch (type) {
    case "ok":
      return { outcome: Outcome.ok, bytes: payload, elapsedMs };
    case "trap":
      return { outcome: Outcome.trap, elapsedMs };
    case "over-limit":
      return { outcome: Outcome.overLimit, elapsedMs };
    case "refused":
      throw new ProgramRefusedError(message());
    case "timed-out":
      throw new TaskTimeoutError(limitMs);
    case "host-out-of-memory":
      throw new HostMemoryError(message());
    case "host-out-of-stack":
      throw new HostStackError(message());
  }
}
