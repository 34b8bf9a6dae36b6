import type { Duplex } from "node:stream";
import { MAX_DEPTH } from "@assay/sdk/program";
import { startChild, whenGone } from "./childProcess.ts";
import {
  ExecutorClosedError,
  ExecutorProcessError,
  NodeTroubleError,
  TaskTimeoutError,
} from "./errors.ts";
import { openExchange } from "./exchange.ts";
import { encodeOrders, type OrderToSend, OWN_WRITE_BYTES } from "./orders.ts";
import type { Program } from "./program.ts";
import { createReplyReader, type Reply, type TaskReply } from "./replies.ts";

/** Compiled programs that one child keeps. */
const PROGRAMS_PER_CHILD = 4;
/** A child that takes longer to start, in milliseconds, never will. */
const START_LIMIT_MS = 30_000;
/** A child stops a task at its limit by itself; one that has not so much later, in milliseconds, is killed. */
const GRACE_MS = 2_000;
/** Longest message of a child about its trouble, in bytes. */
const MAX_MESSAGE_BYTES = 4_096;
/** What of a dying child's stderr is kept for the error message, in characters. */
const STDERR_TAIL = 500;

/** One task on its way through the executor. */
export interface Assignment {
  readonly program: Program;
  readonly input: Uint8Array;
  readonly maxResultBytes: number;
  readonly maxSteps: bigint;
  readonly limitMs: number;
  readonly signal: AbortSignal | undefined;
  /** It was with a child that died: it goes to one by itself, so that whatever kills children is found out. */
  isSuspect: boolean;
  settle(reply: TaskReply): void;
  fail(error: Error): void;
}

interface InFlight {
  id: number;
  assignment: Assignment;
  /** Its input takes room in the exchange. */
  isExchanged: boolean;
}

export interface SlotEvents {
  /** It is ready, or replies came: there is room for more, and another task that runs. */
  onReply(): void;
  /** The child is gone; these had no reply yet. */
  onGone(unfinished: Assignment[]): void;
}

/** One child process and the tasks handed to it. */
export interface Slot {
  /** Tasks that it has, the running one included, and the bytes of their inputs. */
  readonly load: number;
  readonly loadBytes: number;
  /** Milliseconds since the epoch of the last time it had work. */
  readonly idleSince: number;
  /** The task that runs, and for how long it has, in milliseconds; nothing before the child is ready. */
  readonly running: { assignment: Assignment; ms: number } | undefined;
  /** Whether the task that it has is to stay the only one. */
  readonly hasSuspect: boolean;
  /** Whether the task is with it. */
  has(assignment: Assignment): boolean;
  /** Whether it has tasks of another program than this one. */
  hasOthers(program: Program): boolean;
  assign(assignments: Assignment[]): void;
  /** Kills the child, so that what it had goes back unfinished; resolves when it is gone. */
  interrupt(): Promise<void>;
  /** Kills the child; resolves when it is gone. */
  stop(): Promise<void>;
}

export function createSlot(events: SlotEvents): Slot {
  const exchange = openExchange();
  const child = startChild(exchange?.readFd ?? "ignore");
  exchange?.closeReadFd();
  const inFlight: InFlight[] = [];
  /** The child's programs by their numbers, the latest used last. */
  const loaded = new Map<Program, number>();
  let nextId = 0;
  let nextProgram = 0;
  let idleSince = performance.now();
  /** When the first task in flight began, by the monotonic clock: the child works them off one by one. */
  let headSince = 0;
  let ready = false;
  let interrupted = false;
  let fatal: Error | undefined;
  let timer: NodeJS.Timeout | undefined = setTimeout(
    () => kill(new Error(`it did not start within ${START_LIMIT_MS} ms`)),
    START_LIMIT_MS,
  );
  let stderr = "";

  function kill(why: Error): void {
    fatal ??= why;
    child.kill("SIGKILL");
  }

  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-STDERR_TAIL);
  });
  const gone = whenGone(child, (error) => {
    fatal ??= error;
  }).then((how) => {
    clearTimeout(timer);
    exchange?.close();
    const unfinished = inFlight.splice(0).map(({ assignment }) => assignment);
    const [only, ...others] = unfinished;
    if (interrupted || only === undefined) events.onGone(unfinished);
    else if (others.length === 0) {
      // There was none but this one: it is to blame, or nobody is.
      only.fail(
        fatal instanceof NodeTroubleError
          ? fatal
          : new ExecutorProcessError(how, { details: stderr.trim() || undefined, cause: fatal }),
      );
      events.onGone([]);
    } else {
      // The first is the one that ran if its reply was not held back when the child died.
      for (const assignment of unfinished) assignment.isSuspect = true;
      events.onGone(unfinished);
    }
  });

  const replies = createReplyReader(
    ({ type }) =>
      type === "ok" ? (inFlight[0]?.assignment.maxResultBytes ?? 0) : MAX_MESSAGE_BYTES,
    onReply,
  );
  // Absent if the process could not even be made.
  const channel = child.stdio?.[3] as Duplex | undefined;
  // A stream that fails is one whose child is going, which `gone` deals with.
  channel?.on("error", () => {});
  channel?.on("data", (chunk: Uint8Array) => {
    try {
      replies.push(chunk);
    } catch (error) {
      kill(error as Error); // never so with our own child: whatever speaks here is not it
    }
    events.onReply();
  });

  function onReply(reply: Reply): void {
    headSince = performance.now();
    if (reply.type === "ready") {
      ready = true;
      clearTimeout(timer);
      timer = undefined;
      watch();
      return;
    }
    const head = inFlight.shift();
    if (head === undefined || head.id !== reply.id) {
      if (head !== undefined) inFlight.unshift(head);
      throw new RangeError(`the executor process answers task ${reply.id} out of turn`);
    }
    if (head.isExchanged) exchange?.release();
    if (inFlight.length === 0) {
      clearTimeout(timer);
      timer = undefined;
      idleSince = performance.now();
    }
    head.assignment.settle(reply as TaskReply);
  }

  function watch(): void {
    const head = inFlight[0];
    if (head === undefined) return;
    const { limitMs } = head.assignment;
    const leftMs = headSince + limitMs + GRACE_MS - performance.now();
    if (leftMs > 0) {
      timer = setTimeout(watch, leftMs);
      return;
    }
    // If our own event loop was held up, the reply may lie unread in the channel: read first, then judge.
    setImmediate(() => {
      if (inFlight[0] === head) kill(new TaskTimeoutError(limitMs));
      else watch();
    });
  }

  /** The program's number, with what has to be sent first. */
  function numberOf(program: Program): { number: number; orders: OrderToSend[] } {
    const known = loaded.get(program);
    if (known !== undefined) {
      loaded.delete(program);
      loaded.set(program, known); // now the latest used
      return { number: known, orders: [] };
    }
    const orders: OrderToSend[] = [];
    const [oldest] = loaded;
    if (loaded.size >= PROGRAMS_PER_CHILD && oldest !== undefined) {
      loaded.delete(oldest[0]);
      orders.push({ type: "unload", program: oldest[1] });
    }
    const number = nextProgram++;
    loaded.set(program, number);
    orders.push({ type: "load", program: number, payload: program.instrumented });
    return { number, orders };
  }

  return {
    get load() {
      return inFlight.length;
    },
    get loadBytes() {
      return inFlight.reduce((sum, { assignment }) => sum + assignment.input.length, 0);
    },
    get idleSince() {
      return idleSince;
    },
    get running() {
      const head = inFlight[0];
      if (!ready || head === undefined) return undefined;
      return { assignment: head.assignment, ms: performance.now() - headSince };
    },
    get hasSuspect() {
      return inFlight[0]?.assignment.isSuspect === true;
    },
    has: (assignment) => inFlight.some((one) => one.assignment === assignment),
    hasOthers: (program) => inFlight.some(({ assignment }) => assignment.program !== program),
    assign(assignments) {
      const all: OrderToSend[] = [];
      if (inFlight.length === 0) headSince = performance.now();
      for (const assignment of assignments) {
        const id = nextId++;
        const { program, input, maxResultBytes, maxSteps, limitMs } = assignment;
        const { number, orders } = numberOf(program);
        const isLarge = input.length >= OWN_WRITE_BYTES;
        const inputAt = isLarge ? exchange?.put(input) : undefined;
        all.push(...orders, {
          ...{ type: "task", id, program: number, maxResultBytes, maxSteps, limitMs },
          ...{ maxDepth: MAX_DEPTH, inputBytes: input.length, inputAt: inputAt ?? 0 },
          ...(inputAt === undefined && { payload: input }),
        });
        inFlight.push({ id, assignment, isExchanged: inputAt !== undefined });
      }
      channel?.cork();
      for (const chunk of encodeOrders(all)) channel?.write(chunk);
      channel?.uncork();
      if (ready && timer === undefined) watch();
    },
    async interrupt() {
      interrupted = true;
      child.kill("SIGKILL");
      await gone;
    },
    async stop() {
      kill(new ExecutorClosedError());
      await gone;
    },
  };
}
