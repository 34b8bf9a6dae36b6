import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { eachConcurrently } from "./eachConcurrently.ts";

async function* upTo(count: number): AsyncGenerator<number> {
  for (let i = 0; i < count; i++) yield i;
}

const never = new AbortController().signal;

/** Runs 20 items and tells the most that ran, and weighed, at a time. */
async function peaks(concurrency: number, capacity: number, weigh: (item: number) => number) {
  let running = 0;
  let weight = 0;
  const most = { running: 0, weight: 0 };
  const done: number[] = [];
  await eachConcurrently({
    ...{ source: upTo(20), concurrency, capacity, weigh, signal: never },
    async action(item) {
      running++;
      weight += weigh(item);
      most.running = Math.max(most.running, running);
      most.weight = Math.max(most.weight, weight);
      await sleep(1);
      running--;
      weight -= weigh(item);
      done.push(item);
    },
  });
  expect(done.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
  return most;
}

test("as many run at a time as may, in number and in weight", async () => {
  expect(await peaks(4, 100, () => 1)).toEqual({ running: 4, weight: 4 });
  expect(await peaks(10, 6, () => 2)).toEqual({ running: 3, weight: 6 });
  expect((await peaks(10, 5, () => 9)).running).toBe(1);
});

test("the first failure stops the rest and is thrown", async () => {
  let begun = 0;
  const run = eachConcurrently({
    ...{ source: upTo(1_000), concurrency: 3, capacity: 1_000, weigh: () => 1, signal: never },
    async action(item, signal) {
      begun++;
      if (item === 5) throw new Error("item 5");
      await sleep(1, undefined, { signal });
    },
  });
  await expect(run).rejects.toThrow("item 5");
  expect(begun).toBeLessThan(20);
});

test("an abort from outside ends everything", async () => {
  const controller = new AbortController();
  const run = eachConcurrently({
    ...{ source: upTo(10), concurrency: 2, capacity: 10, weigh: () => 1 },
    signal: controller.signal,
    action: (_, signal) => sleep(60_000, undefined, { signal }),
  });
  controller.abort(new Error("enough"));
  await expect(run).rejects.toThrow("enough");
});
