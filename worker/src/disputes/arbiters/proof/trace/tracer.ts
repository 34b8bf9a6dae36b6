import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { endWithThis, preferAsVictim } from "@assay/runners";
import type { TraceAnswer, TracedTask, TraceQuestion } from "./answer.ts";
import { TraceError } from "./errors.ts";
import type { TraceOrder, TraceReply } from "./messages.ts";

const PROCESS_FILE = fileURLToPath(new URL("process.ts", import.meta.url));

/** Without a question for so many milliseconds the process ends, and with it what it remembers of a task. */
const IDLE_MS = 120_000;
/** Of JavaScript's own objects; the memory of programs comes on top. */
const HEAP_MIB = 3_072;
/** Of what the process says before it dies. */
const MAX_COMPLAINT = 2_000;

export interface TraceRequest {
  /** Names the task: of the one asked about last, the process remembers what it has found. */
  key: string;
  task: TracedTask;
  question: TraceQuestion;
  /** Unix seconds. Of several requests the most urgent is next. */
  dueAt: number;
  signal: AbortSignal;
}

/** Finds the states of disputed tasks, one task at a time, in a process of its own. */
export interface Tracer {
  /** @throws {@link TraceError} when the process dies or fails: another try may succeed. */
  ask(request: TraceRequest): Promise<TraceAnswer>;
  /** Kills the process. What was not answered throws {@link TraceError}. */
  close(): Promise<void>;
}

interface Waiting extends TraceRequest {
  resolve(answer: TraceAnswer): void;
  reject(error: unknown): void;
}

interface Running {
  process: ChildProcess;
  gone: Promise<void>;
  complaint: string;
  key?: string | undefined;
}

export function createTracer({ idleMs = IDLE_MS }: { idleMs?: number } = {}): Tracer {
  const waiting: Waiting[] = [];
  let running: Running | undefined;
  let current: (Waiting & { id: number }) | undefined;
  let isClosed = false;
  let idle: NodeJS.Timeout | undefined;
  let orders = 0;

  function start(): Running {
    const child = fork(PROCESS_FILE, {
      execArgv: [
        ...["--permission", "--allow-fs-read=*", "--allow-worker"],
        ...["--disable-warning=ExperimentalWarning", "--disable-warning=SecurityWarning"],
        `--max-old-space-size=${HEAP_MIB}`,
      ],
      env: {},
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      serialization: "advanced",
    });
    preferAsVictim(child);
    endWithThis(child);
    const started: Running = {
      process: child,
      complaint: "",
      gone: new Promise((resolve) => {
        child.once("close", () => resolve());
        child.once("error", () => child.pid === undefined && resolve());
      }),
    };
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      started.complaint = `${started.complaint}${text}`.slice(-MAX_COMPLAINT);
    });
    child.on("message", (reply: TraceReply) => onReply(reply));
    child.on("error", (error) => {
      started.complaint ||= error.message;
    });
    void started.gone.then(() => onGone(started));
    return started;
  }

  function onReply(reply: TraceReply): void {
    if (reply.id !== current?.id) return;
    const { resolve, reject } = current;
    end();
    if ("answer" in reply) resolve(reply.answer);
    else {
      // What it knows of the task may be nothing.
      if (running !== undefined) running.key = undefined;
      reject(new TraceError(reply.error));
    }
    next();
  }

  function onGone(gone: Running): void {
    if (running !== gone) return;
    running = undefined;
    const complaint = gone.complaint.trim().split("\n").at(-1);
    fail(new TraceError(complaint ? `its process died (${complaint})` : "its process died"));
    next();
  }

  /** The current request is over, however it ended. */
  function end(): void {
    current?.signal.removeEventListener("abort", abort);
    current = undefined;
    idle = setTimeout(kill, idleMs);
    idle.unref();
  }

  function fail(error: unknown): void {
    const { reject } = current ?? {};
    end();
    reject?.(error);
  }

  /** Nothing else ends a step that is under way. */
  function kill(): Promise<void> {
    const { process: child, gone } = running ?? {};
    running = undefined;
    child?.kill("SIGKILL");
    return gone ?? Promise.resolve();
  }

  function abort(): void {
    const reason = current?.signal.reason;
    void kill();
    fail(reason);
    next();
  }

  function next(): void {
    if (current !== undefined || isClosed) return;
    waiting.sort((a, b) => a.dueAt - b.dueAt);
    const request = waiting.shift();
    if (request === undefined) return;
    clearTimeout(idle);
    const { key, task, question, signal } = request;
    if (signal.aborted) {
      request.reject(signal.reason);
      next();
      return;
    }
    running ??= start();
    orders += 1;
    const id = orders;
    current = { ...request, id };
    signal.addEventListener("abort", abort, { once: true });
    const order: TraceOrder = { id, question, task: running.key === key ? undefined : task };
    running.key = key;
    const sentTo = running;
    running.process.send(order, (error) => {
      // It is about to be told of as gone.
      if (error !== null) sentTo.complaint ||= error.message;
    });
  }

  return {
    ask(request) {
      return new Promise((resolve, reject) => {
        if (isClosed) throw new TraceError("the node stops");
        waiting.push({ ...request, resolve, reject });
        next();
      });
    },
    async close() {
      isClosed = true;
      clearTimeout(idle);
      const gone = kill();
      const error = new TraceError("the node stops");
      fail(error);
      clearTimeout(idle);
      for (const { reject } of waiting.splice(0)) reject(error);
      await gone;
    },
  };
}
