/**
 * A process that adds tasks under keys and works on them until somebody kills it. What it tells, one line each, is written before
 * it goes on: `added <n>` after the commit, `run <n>` before the work, `done <n>` after the commit.
 */
import { writeSync } from "node:fs";
import { openQueue } from "../src/index.ts";

const [file = "", first = "0", count = "0"] = process.argv.slice(2);
const tell = (line: string) => writeSync(1, `${line}\n`);

const queue = openQueue<number>(file, {
  keepDoneMs: Number.POSITIVE_INFINITY,
  attempts: Number.POSITIVE_INFINITY,
  backoff: { firstMs: 1, longestMs: 5 },
});
queue.reclaim(); // whoever held leases was killed
queue.events.on("done", ({ key }) => tell(`done ${key}`));
queue.consume({
  slots: 8,
  pollMs: 20,
  async handler({ payload, attempt }) {
    tell(`run ${payload}`);
    if (payload % 7 === 0 && attempt === 1) throw new Error("fails once");
    if (payload % 3 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  },
});

async function produce(): Promise<void> {
  for (let n = Number(first); n < Number(first) + Number(count); n++) {
    // One by one, in groups, and together: each way of adding has its own moments to be killed at.
    if (n % 3 === 0) queue.enqueue({ payload: n, key: String(n) });
    else if (n % 3 === 1) await queue.enqueueSoon({ payload: n, key: String(n) });
    else queue.enqueueAll([{ payload: n, key: String(n) }]);
    tell(`added ${n}`);
    if (n % 16 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await queue.drain();
  tell("worked off");
}
await produce();
