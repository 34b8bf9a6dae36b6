/** A process that holds a BullMQ queue on the Redis of the given port. */
import { Queue, Worker } from "bullmq";
import { ATTEMPTS, BACKOFF_MS, BULK, type Load, loads, SLOTS, serve, work } from "./load.ts";

const connection = { host: "127.0.0.1", port: Number(process.argv[2]), maxRetriesPerRequest: null };
const NAME = "bench";
const queue = new Queue<Load>(NAME, {
  connection,
  defaultJobOptions: {
    attempts: ATTEMPTS,
    backoff: { type: "exponential", delay: BACKOFF_MS },
    removeOnComplete: true,
  },
});

serve({
  async enqueue(count, failures) {
    const begun = performance.now();
    for (let first = 0; first < count; first += BULK) {
      const batch = loads(first, Math.min(BULK, count - first), failures);
      await queue.addBulk(batch.map((data) => ({ name: "task", data })));
    }
    return performance.now() - begun;
  },
  async process(count) {
    let done = 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    const worker = new Worker<Load>(
      NAME,
      ({ data, attemptsMade }) => work(data, attemptsMade + 1),
      {
        connection,
        concurrency: SLOTS,
        autorun: false,
      },
    );
    worker.on("completed", () => {
      if (++done === count) resolve();
    });
    await worker.waitUntilReady();
    const begun = performance.now();
    const running = worker.run();
    await promise;
    const ms = performance.now() - begun;
    await worker.close();
    await running;
    return ms;
  },
  async end() {
    await queue.close();
  },
});
