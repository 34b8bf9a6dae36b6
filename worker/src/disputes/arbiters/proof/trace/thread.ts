/** The thread of a tracing process that carries out a task's steps: its process stays awake for its node's end. */
import { parentPort } from "node:worker_threads";
import { answer, type Traced, traceTask } from "./answer.ts";
import type { TraceOrder, TraceReply } from "./messages.ts";

let traced: Traced | undefined;

function reply({ id, task, question }: TraceOrder): TraceReply {
  try {
    if (task !== undefined) {
      traced = undefined; // two tasks at a time would need twice the memory
      traced = traceTask(task);
    }
    if (traced === undefined) throw new Error("no task was given");
    return { id, answer: answer(traced, question) };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.on("message", (order: TraceOrder) => parentPort?.postMessage(reply(order)));
