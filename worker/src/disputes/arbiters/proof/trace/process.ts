/**
 * The process that carries out tasks step by step, for disputes. What it carries out was written by strangers, so it runs under Node's
 * permission model: it reads code and nothing else matters to it. It ends with its node, in the middle of a step if need be.
 */
import { Worker } from "node:worker_threads";

const thread = new Worker(new URL("thread.ts", import.meta.url));

const end = () => process.exit(1);
thread.on("message", (reply) => process.send?.(reply));
thread.on("error", (error) => {
  process.stderr.write(`${error}\n`, end);
});
thread.on("exit", end);
process.on("message", (order) => thread.postMessage(order));
process.on("disconnect", end); // waits for a thread that compiles; its node's reaper does not, where there is one
// A terminal's Ctrl-C and a service manager's stop reach all processes of a node; it decides when this one goes.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {});
