import SqliteDatabase from "better-sqlite3";
import { expect, test } from "vitest";
import { openQueue } from "./index.ts";

function open() {
  const database = new SqliteDatabase(":memory:");
  database.exec("CREATE TABLE results (id INTEGER PRIMARY KEY, result TEXT) STRICT");
  const insert = database.prepare("INSERT INTO results VALUES (?, ?)");
  const queue = openQueue<number>(database, { keepDoneMs: 0, backoff: { firstMs: 1 } });
  const results = () => database.prepare("SELECT result FROM results ORDER BY id").pluck().all();
  return { database, insert, queue, results };
}

test("what onDone writes is committed with the ends of its tasks, or not at all", async () => {
  const { insert, queue, results } = open();
  queue.enqueueAll([1, 2, 3, 4].map((payload) => ({ payload })));
  let tries = 0;
  const left: number[] = [];
  const troubles: unknown[] = [];
  queue.events.on("trouble", (error) => {
    troubles.push(error);
    left.push(queue.counts().leased);
  });
  const consumer = queue.consume({
    slots: 4,
    handler: ({ payload }) => `of ${payload}`,
    onDone(done) {
      for (const { task, result } of done) insert.run(task.id, `${task.payload}: ${result}`);
      if (++tries === 1) throw new Error("full");
    },
  });
  await queue.drain();
  await consumer.stop();
  expect(troubles).toEqual([new Error("full")]);
  expect(left).toEqual([4]);
  expect(results()).toEqual(["1: of 1", "2: of 2", "3: of 3", "4: of 4"]);
});

test("onDone is told of nothing that failed", async () => {
  const { insert, queue, results } = open();
  queue.enqueueAll([1, 2].map((payload) => ({ payload })));
  const consumer = queue.consume({
    slots: 2,
    handler({ payload, attempt }) {
      if (payload === 1 && attempt === 1) throw new Error("fails once");
      return attempt;
    },
    onDone: (done) => {
      for (const { task, result } of done) insert.run(task.id, String(result));
    },
  });
  await queue.drain();
  await consumer.stop();
  expect(results()).toEqual(["2", "1"]);
});

test("slots that change hold from the next turn on", async () => {
  const { queue } = open();
  queue.enqueueAll([1, 2, 3, 4, 5, 6].map((payload) => ({ payload })));
  let slots = 1;
  let most = 0;
  const consumer = queue.consume({
    slots: () => slots,
    async handler({ payload }) {
      most = Math.max(most, consumer.running);
      if (payload === 1) {
        expect(consumer.running).toBe(1);
        slots = 3;
      }
      await new Promise((resolve) => setImmediate(resolve));
      most = Math.max(most, consumer.running);
    },
  });
  await queue.drain();
  await consumer.stop();
  expect(most).toBe(3);
});

test("what has ended waits for more while most slots are busy, and for nothing otherwise", async () => {
  const { queue } = open();
  const gates = new Map<number, PromiseWithResolvers<void>>();
  queue.enqueueAll([0, 1, 2, 3, 4, 5].map((payload) => ({ payload })));
  const groups: number[][] = [];
  const consumer = queue.consume({
    ...{ slots: 6, gatherMs: 2 ** 30, pollMs: 2 ** 30, leaseMs: 2 ** 30 },
    handler({ payload }) {
      const gate = Promise.withResolvers<void>();
      gates.set(payload, gate);
      return gate.promise;
    },
    onDone: (done) => void groups.push(done.map(({ task }) => task.payload)),
  });
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  while (gates.size < 6) await turn();
  // Each ends in a turn of its own: the third is the half of them.
  for (const payload of [0, 1, 2, 3]) {
    gates.get(payload)?.resolve();
    for (let i = 0; i < 5; i++) await turn();
  }
  expect(groups).toEqual([[0, 1, 2], [3]]);
  for (const gate of gates.values()) gate.resolve();
  await consumer.stop();
  expect(groups.flat().toSorted()).toEqual([0, 1, 2, 3, 4, 5]);
});

test("dead letters among some", async () => {
  const { queue } = open();
  const added = queue.enqueueAll([1, 2, 3].map((payload) => ({ payload, attempts: 1 })));
  const consumer = queue.consume({
    handler: () => {
      throw new Error("never");
    },
  });
  await queue.drain();
  await consumer.stop();
  const among = [added[2]?.id ?? 0, added[0]?.id ?? 0, 7];
  expect(queue.dead({ among }).map(({ payload }) => payload)).toEqual([1, 3]);
  expect(queue.dead({ among: [] })).toEqual([]);
});
