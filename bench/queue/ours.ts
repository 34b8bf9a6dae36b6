/** A process that holds our queue. */
import { openQueue } from "@assay/queue";
import { ATTEMPTS, BACKOFF_MS, BULK, type Load, loads, SLOTS, serve, work } from "./load.ts";

const [file = "", synchronous] = process.argv.slice(2);
const queue = openQueue<Load>(file, {
  synchronous: synchronous === "full" ? "full" : "normal",
  attempts: ATTEMPTS,
  backoff: { firstMs: BACKOFF_MS },
  keepDoneMs: 0,
});
queue.events.on("trouble", (error) => {
  throw error;
});

serve({
  async enqueue(count, failures) {
    const begun = performance.now();
    for (let first = 0; first < count; first += BULK) {
      const batch = loads(first, Math.min(BULK, count - first), failures);
      queue.enqueueAll(batch.map((payload) => ({ payload })));
    }
    return performance.now() - begun;
  },
  async process(count) {
    let done = 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    const onDone = () => {
      if (++done === count) resolve();
    };
    queue.events.on("done", onDone);
    const begun = performance.now();
    const consumer = queue.consume({
      slots: SLOTS,
      handler: ({ payload, attempt }) => work(payload, attempt),
    });
    await promise;
    const ms = performance.now() - begun;
    await consumer.stop();
    queue.events.off("done", onDone);
    return ms;
  },
  async end() {
    queue.close();
  },
});
