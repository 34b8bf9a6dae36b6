/** A process that works on a BullMQ queue: the same kernel in an instance that it keeps, without putting anything back. */
import { type Job, Worker } from "bullmq";
import { kernelOf, runKernel } from "../executor/kernel.ts";
import { programs, type Work } from "./work.ts";

const [name = "", port = ""] = process.argv.slice(2);
/** Jobs that a worker asks Redis for at a time. */
const CONCURRENCY = 64;

const kernels = {
  quick: kernelOf(new WebAssembly.Module(programs.quick.instrumented as Uint8Array<ArrayBuffer>)),
  slow: kernelOf(new WebAssembly.Module(programs.slow.instrumented as Uint8Array<ArrayBuffer>)),
};

const worker = new Worker(
  name,
  async ({ data: { work, input } }: Job<{ work: Work; input: string }>) =>
    Buffer.from(runKernel(kernels[work], Buffer.from(input, "base64"))).toString("base64"),
  {
    connection: { host: "127.0.0.1", port: Number(port), maxRetriesPerRequest: null },
    concurrency: CONCURRENCY,
  },
);
await worker.waitUntilReady();
process.send?.("ready");
process.on("disconnect", async () => {
  await worker.close();
  process.exit();
});
