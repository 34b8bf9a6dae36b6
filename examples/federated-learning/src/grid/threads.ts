import { Worker } from "node:worker_threads";
import { type AbortOptions, AssayError } from "@assay/sdk";
import type { Sources } from "../data/dataSet.ts";
import type { Compute } from "../federation/compute.ts";
import type { FederationOptions } from "../federation/options.ts";
import type { HoldOut } from "../federation/prepare.ts";
import type { ProgramName } from "../programs/programs.ts";
import type { CellResult } from "./cell.ts";
import type { ThreadData, ThreadOrder, ThreadReply } from "./thread.ts";

/** A thread failed, or ended by itself. */
export class RunnerError extends AssayError {
  readonly code = "RUNNER_FAILED";
  readonly retryable = false;
}

type Work = ThreadOrder extends infer Order
  ? Order extends unknown
    ? Omit<Order, "id">
    : never
  : never;

/** Threads that have all programs and share one queue of tasks. */
export interface Threads extends Compute, AsyncDisposable {
  /** A whole training on one thread. */
  cell(
    options: FederationOptions,
    how: { every: number; holdOut: HoldOut } & AbortOptions,
  ): Promise<CellResult>;
}

interface Waiting {
  order: ThreadOrder;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/**
 * Starts `count` threads. Results do not depend on their number: each follows from its input alone, and results come in the order of
 * the inputs.
 * @throws {@link RunnerError} from each method when a task fails or a thread ends.
 */
export function startThreads({
  count,
  programs,
  sources,
}: {
  count: number;
  programs: ReadonlyMap<ProgramName, Uint8Array>;
  sources?: Sources;
}): Threads {
  const workerData: ThreadData = { programs, sources };
  const queue: Waiting[] = [];
  const busy = new Map<Worker, Waiting>();
  const idle: Worker[] = [];
  let nextId = 0;
  let failure: RunnerError | undefined;

  const next = () => {
    while (idle.length > 0 && queue.length > 0) {
      const thread = idle.pop();
      const waiting = queue.shift();
      if (thread === undefined || waiting === undefined) return;
      busy.set(thread, waiting);
      thread.postMessage(waiting.order);
    }
  };
  const fail = (error: RunnerError) => {
    failure ??= error;
    for (const { reject } of [...busy.values(), ...queue.splice(0)]) reject(error);
    busy.clear();
  };
  const threads = Array.from({ length: count }, () => {
    const thread = new Worker(new URL("thread.ts", import.meta.url), { workerData });
    thread.on("message", (reply: ThreadReply) => {
      const waiting = busy.get(thread);
      busy.delete(thread);
      idle.push(thread);
      if ("error" in reply) waiting?.reject(new RunnerError(`A task failed: ${reply.error}`));
      else waiting?.resolve(reply.value);
      next();
    });
    thread.on("error", (cause) => fail(new RunnerError("A thread ended by itself.", { cause })));
    idle.push(thread);
    return thread;
  });
  const submit = (work: Work, signal: AbortSignal | undefined) =>
    new Promise<unknown>((resolve, reject) => {
      signal?.throwIfAborted();
      if (failure !== undefined) throw failure;
      const waiting: Waiting = { order: { ...work, id: nextId++ }, resolve, reject };
      // A thread finishes what it has begun, but its result is dropped.
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      queue.push(waiting);
      next();
    });

  return {
    run: (program, inputs, { signal } = {}) =>
      Promise.all(inputs.map((input) => submit({ program, input }, signal) as Promise<Uint8Array>)),
    cell: (cell, { every, holdOut, signal }) =>
      submit({ cell, every, holdOut }, signal) as Promise<CellResult>,
    async [Symbol.asyncDispose]() {
      fail(new RunnerError("The threads were stopped."));
      await Promise.all(threads.map((thread) => thread.terminate()));
    },
  };
}
