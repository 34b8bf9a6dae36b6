import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startedThings, temporaryFolder } from "../../worker/test/network.ts";
import { openQueue } from "./index.ts";

const DAY_MS = 24 * 3_600_000;
const started = startedThings();
let file: string;
beforeEach(async () => {
  file = join(await temporaryFolder(started), "queue.sqlite");
});
afterEach(async () => {
  vi.restoreAllMocks();
  await started.end();
});

test.each([
  ["a day back", -DAY_MS],
  ["a day ahead", DAY_MS],
])(
  "a clock that jumps %s changes neither when tasks are tried again nor their order",
  async (_, byMs) => {
    const queue = openQueue<string>(file, { backoff: { firstMs: 50, jitter: 0 } });
    started.add(() => queue.close());
    const begunAt = performance.now();
    const done: [string, number][] = [];
    const real = Date.now;
    queue.enqueue({ payload: "fails once" });
    queue.enqueue({ payload: "later", delayMs: 1_500 });
    const consumer = queue.consume({
      pollMs: 20,
      handler({ payload, attempt }) {
        if (payload === "fails once" && attempt === 1) {
          vi.spyOn(Date, "now").mockImplementation(() => real() + byMs);
          throw new Error("once");
        }
        done.push([payload, performance.now() - begunAt]);
      },
    });
    started.add(() => consumer.stop());
    await expect.poll(() => done.length).toBe(2);
    expect(done.map(([payload]) => payload)).toEqual(["fails once", "later"]);
    expect(done[1]?.[1]).toBeGreaterThanOrEqual(1_500);
    const before = queue.enqueue({ payload: "x", delayMs: DAY_MS }).id;
    expect(queue.enqueue({ payload: "y", delayMs: DAY_MS }).id).toBeGreaterThan(before);
  },
);
