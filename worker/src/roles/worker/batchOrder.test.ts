import { expect, test } from "vitest";
import { batchesInOrder } from "./batchOrder.ts";

const jobId = `0x${"cd".repeat(32)}` as const;
const all = Array.from({ length: 64 }, (_, i) => i);
const workers = Array.from({ length: 8 }, (_, i) => `0x${String(i).padStart(40, "0")}` as const);

test("every worker has an order of its own, always the same, over all batches", () => {
  const orders = workers.map((worker) => batchesInOrder(worker, jobId, all));
  for (const [i, order] of orders.entries()) {
    expect([...order].sort((a, b) => a - b)).toEqual(all);
    expect(batchesInOrder(workers[i] ?? "0x", jobId, [...all].reverse())).toEqual(order);
  }
  const firsts = new Set(orders.map(([first]) => first));
  expect(firsts.size).toBeGreaterThanOrEqual(6);
});

test("what is taken drops out without changing the rest", () => {
  const [worker = "0x"] = workers;
  const order = batchesInOrder(worker, jobId, all);
  const open = all.filter((batch) => batch % 3 !== 0);
  expect(batchesInOrder(worker, jobId, open)).toEqual(order.filter((batch) => batch % 3 !== 0));
});
