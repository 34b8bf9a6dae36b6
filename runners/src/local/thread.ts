import { parentPort } from "node:worker_threads";
import { AssayError } from "@assay/sdk/protocol";
import type { LoadedProgram } from "../executor/child/program.mts";
import { load, runLoaded } from "./runLoaded.ts";
import type { ThreadEnd, ThreadOrder, ThreadReply, Trouble } from "./threadMessages.ts";

/** Replies are held back for so long at most, in milliseconds, to go in one message with those after them… */
const HOLD_MS = 1;
/** …if so many tasks of the program were short by then, in milliseconds: a task that takes long holds up the replies before it. */
const SHORT_TASKS = 4;
const SHORT_MS = 0.25;

const TROUBLES: Record<string, Trouble["type"]> = {
  HOST_OUT_OF_MEMORY: "memory",
  HOST_OUT_OF_STACK: "stack",
  PROGRAM_REFUSED: "refused",
};

const programs = new Map<number, LoadedProgram>();
/** Short tasks in a row, by program. */
const shortTasks = new Map<number, number>();

function runOne({ program: number, module, limits }: ThreadOrder, input: Uint8Array): ThreadEnd {
  try {
    let program = programs.get(number);
    if (program === undefined) {
      program = load({ instrumented: module ?? new Uint8Array() });
      programs.set(number, program);
    }
    return { end: runLoaded(program, input, limits) };
  } catch (error) {
    if (!(error instanceof AssayError)) throw error;
    const type = TROUBLES[error.code];
    if (type === undefined) throw error;
    return { trouble: { type, details: error.details ?? "" } };
  }
}

parentPort?.on("message", (order: ThreadOrder) => {
  for (const number of order.unload) {
    programs.delete(number);
    shortTasks.delete(number);
  }
  let replies: ThreadReply[number][] = [];
  let sentAt = performance.now();
  const send = () => {
    const buffers = replies.flatMap((reply) =>
      "end" in reply && "bytes" in reply.end ? [reply.end.bytes.buffer as ArrayBuffer] : [],
    );
    parentPort?.postMessage(replies, buffers);
    replies = [];
    sentAt = performance.now();
  };
  for (const { id, input } of order.tasks) {
    const startedAt = performance.now();
    const ended = runOne(order, input);
    const elapsedMs = performance.now() - startedAt;
    replies.push({ id, elapsedMs, ...ended });
    const short = elapsedMs < SHORT_MS ? (shortTasks.get(order.program) ?? 0) + 1 : 0;
    shortTasks.set(order.program, short);
    if (short < SHORT_TASKS || performance.now() - sentAt > HOLD_MS) send();
  }
  if (replies.length > 0) send();
});
