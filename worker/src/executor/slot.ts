import type { ChildProcess } from "node:child_process";
import { startChild } from "./childProcess.ts";
import {
  ExecutorClosedError,
  ExecutorProcessError,
  NodeTroubleError,
  TaskTimeoutError,
} from "./errors.ts";
import type { Program } from "./program.ts";
import type { Order, Reply, TaskReply } from "./protocol.ts";

/** Compiled programs that one child keeps. */
const PROGRAMS_PER_CHILD = 4;
/** A child that takes longer to start, in milliseconds, never will. */
const START_LIMIT_MS = 30_000;
/** What of a dying child's stderr is kept for the error message, in characters. */
const STDERR_TAIL = 500;

/** One task on its way through the executor. */
export interface Assignment {
  readonly program: Program;
  readonly input: Uint8Array;
  readonly maxResultBytes: number;
  readonly limitMs: number;
  settle(reply: TaskReply): void;
  fail(error: Error): void;
}

export interface SlotEvents {
  /** Replies came: there is room for more. */
  onReply(): void;
  /** The child is gone; `unfinished` were handed to it and not begun. */
  onGone(unfinished: Assignment[]): void;
}

/** One child process and the tasks handed to it. */
export interface Slot {
  readonly load: number;
  /** Milliseconds since the epoch of the last time it had work. */
  readonly idleSince: number;
  assign(assignments: Assignment[]): void;
  /** Kills the child; resolves when it is gone. */
  stop(): Promise<void>;
}

export function createSlot(events: SlotEvents): Slot {
  const child = startChild();
  const inFlight: { id: number; assignment: Assignment }[] = [];
  const loaded = new Set<string>();
  let nextId = 0;
  let idleSince = Date.now();
  /** When the first task in flight began, by the monotonic clock: the child works them off one by one. */
  let headSince = 0;
  let ready = false;
  let fatal: Error | undefined;
  let timer: NodeJS.Timeout | undefined = setTimeout(() => {
    fatal = new Error(`it did not start within ${START_LIMIT_MS} ms`);
    child.kill("SIGKILL");
  }, START_LIMIT_MS);
  let stderr = "";

  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-STDERR_TAIL);
  });
  const gone = whenGone(child, (error) => {
    fatal ??= error;
  }).then((how) => {
    clearTimeout(timer);
    const [head, ...rest] = inFlight.splice(0);
    // The first one in flight is the one that ran; the others were never begun.
    head?.assignment.fail(
      fatal instanceof NodeTroubleError
        ? fatal
        : new ExecutorProcessError(how, { details: stderr.trim() || undefined, cause: fatal }),
    );
    events.onGone(rest.map(({ assignment }) => assignment));
  });

  child.on("message", (message) => {
    const reply = message as Reply;
    if (reply.type === "ready") {
      ready = true;
      clearTimeout(timer);
      timer = undefined;
      headSince = performance.now();
      watch();
      return;
    }
    const head = inFlight[0];
    if (head === undefined || head.id !== reply.id) {
      child.kill("SIGKILL"); // never so with our own child: whatever speaks here is not it
      return;
    }
    inFlight.shift();
    headSince = performance.now();
    if (inFlight.length === 0) {
      clearTimeout(timer);
      timer = undefined;
      idleSince = Date.now();
    }
    head.assignment.settle(reply);
    events.onReply();
  });

  function watch(): void {
    const head = inFlight[0];
    if (head === undefined) return;
    const leftMs = headSince + head.assignment.limitMs - performance.now();
    if (leftMs > 0) {
      timer = setTimeout(watch, leftMs);
      return;
    }
    // If our own event loop was held up, the reply may lie unread in the channel: read first, then judge.
    setImmediate(() => {
      if (inFlight[0] !== head) {
        watch();
        return;
      }
      fatal = new TaskTimeoutError(head.assignment.limitMs);
      child.kill("SIGKILL");
    });
  }

  function ordersFor(program: Program): Order[] {
    if (loaded.delete(program.id)) {
      loaded.add(program.id); // now the latest used
      return [];
    }
    const orders: Order[] = [];
    const [oldest] = loaded;
    if (loaded.size >= PROGRAMS_PER_CHILD && oldest !== undefined) {
      loaded.delete(oldest);
      orders.push({ type: "unload", program: oldest });
    }
    loaded.add(program.id);
    orders.push({ type: "load", program: program.id, wasm: program.wasm });
    return orders;
  }

  return {
    get load() {
      return inFlight.length;
    },
    get idleSince() {
      return idleSince;
    },
    assign(assignments) {
      const orders: Order[] = [];
      if (inFlight.length === 0) headSince = performance.now();
      for (const assignment of assignments) {
        const id = nextId++;
        const { program, input, maxResultBytes, limitMs } = assignment;
        orders.push(...ordersFor(program));
        orders.push({ type: "task", id, program: program.id, input, maxResultBytes, limitMs });
        inFlight.push({ id, assignment });
      }
      // A failed write means that the child is going, which `gone` deals with.
      child.send(orders, () => {});
      if (ready && timer === undefined) watch();
    },
    async stop() {
      fatal ??= new ExecutorClosedError();
      child.kill("SIGKILL");
      await gone;
    },
  };
}

/** Resolves with how the child ended, once it is gone and everything that it had written was read. */
function whenGone(child: ChildProcess, onError: (error: Error) => void): Promise<string> {
  const { promise: exited, resolve: onExit } = Promise.withResolvers<string>();
  const { promise: disconnected, resolve: onDisconnect } = Promise.withResolvers<void>();
  child.once("exit", (code, signal) => onExit(signal ?? `exit code ${code}`));
  child.once("disconnect", onDisconnect);
  child.on("error", (error) => {
    onError(error);
    // It did not start: there will be neither exit nor disconnect.
    if (child.pid === undefined) {
      onExit("it did not start");
      onDisconnect();
    }
  });
  return Promise.all([exited, disconnected]).then(([how]) => how);
}
