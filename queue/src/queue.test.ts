import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import SqliteDatabase from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startedThings, temporaryFolder } from "../../worker/test/network.ts";
import {
  type ConsumeOptions,
  DeadLetterError,
  type NewTask,
  openQueue,
  PostponeError,
  type Queue,
  type QueueOptions,
} from "./index.ts";

const started = startedThings();
let file: string;
beforeEach(async () => {
  file = join(await temporaryFolder(started), "queue.sqlite");
});
afterEach(() => started.end());

function open<Payload = string>(options: QueueOptions = {}): Queue<Payload> {
  const queue = openQueue<Payload>(file, { backoff: { firstMs: 1, jitter: 0 }, ...options });
  started.add(() => queue.close());
  return queue;
}

/** Consumes with short pauses; stopped before the queue is closed. */
function consume<Payload>(queue: Queue<Payload>, options: ConsumeOptions<Payload>) {
  const consumer = queue.consume({ pollMs: 20, ...options });
  started.add(() => consumer.stop());
  return consumer;
}

/** What the consumer was given, in order, until the queue is worked off. */
async function workOff(queue: Queue<string>, options: Partial<ConsumeOptions<string>> = {}) {
  const order: string[] = [];
  const consumer = consume(queue, {
    handler: ({ payload }) => void order.push(payload),
    ...options,
  });
  await queue.drain();
  await consumer.stop();
  return order;
}

describe("order", () => {
  test("is by priority, then by age", async () => {
    const queue = open();
    const priorities = ["low", "normal", "critical", undefined, "high", "critical"] as const;
    queue.enqueueAll(priorities.map((priority, i) => ({ payload: `${priority} ${i}`, priority })));
    expect(await workOff(queue)).toEqual([
      ...["critical 2", "critical 5", "high 4", "normal 1", "undefined 3", "low 0"],
    ]);
  });

  test("holds across tags, and for hundreds added at once", async () => {
    const queue = open();
    const tasks = Array.from({ length: 300 }, (_, i): NewTask<string> => {
      return { payload: String(i), tags: i % 3 === 0 ? ["gpu"] : [] };
    });
    queue.enqueueAll(tasks);
    const order = await workOff(queue, { slots: 7, tags: ["gpu"] });
    expect(order).toEqual(tasks.map(({ payload }) => payload));
  });

  test("a delayed task waits until it is due, and can be made ready before", async () => {
    const queue = open();
    const runAt = Date.now() + 80;
    queue.enqueue({ payload: "later", runAt });
    const { id } = queue.enqueue({ payload: "much later", delayMs: 3_600_000 });
    queue.enqueue({ payload: "now" });
    const done: [string, boolean][] = [];
    consume(queue, { handler: ({ payload }) => void done.push([payload, Date.now() >= runAt]) });
    await expect.poll(() => done.map(([payload]) => payload)).toEqual(["now", "later"]);
    expect(done[1]).toEqual(["later", true]);
    expect(queue.get(id)).toMatchObject({ state: "delayed", payload: "much later" });
    expect(queue.requeue(id)).toBe(true);
    await expect.poll(() => done.length).toBe(3);
  });
});

describe("tags", () => {
  test("a task goes only to a consumer that has all of them", async () => {
    const queue = open();
    queue.enqueue({ payload: "both", tags: ["region:eu", "gpu"] });
    queue.enqueue({ payload: "gpu", tags: ["gpu"] });
    queue.enqueue({ payload: "none" });
    const got: Record<string, string[]> = { plain: [], gpu: [], both: [] };
    const worker = (name: string, tags: string[]) =>
      consume(queue, { tags, handler: ({ payload }) => void got[name]?.push(payload) });
    await worker("plain", []).stop();
    await expect.poll(() => queue.counts().ready).toBe(3);
    const plain = worker("plain", ["region:us"]);
    await expect.poll(() => queue.counts().ready).toBe(2);
    await plain.stop();
    const gpu = worker("gpu", ["gpu"]);
    await expect.poll(() => queue.counts().ready).toBe(1);
    await gpu.stop();
    worker("both", ["gpu", "fast", "region:eu"]);
    await queue.drain();
    expect(got).toEqual({ plain: ["none"], gpu: ["gpu"], both: ["both"] });
  });

  test("ones that are new to a running consumer reach it", async () => {
    const queue = open();
    const got: string[] = [];
    consume(queue, { tags: ["a", "b"], handler: ({ payload }) => void got.push(payload) });
    queue.enqueue({ payload: "first" });
    await queue.drain();
    queue.enqueue({ payload: "second", tags: ["b", "a", "b"] });
    await queue.drain();
    expect(got).toEqual(["first", "second"]);
  });
});

describe("what fails", () => {
  test("is tried again after a growing pause, and is dead when its attempts are over", async () => {
    const queue = open({ attempts: 3, backoff: { firstMs: 20, factor: 3, jitter: 0 } });
    const failed: number[] = [];
    queue.events.on("failed", ({ retryInMs }) => failed.push(retryInMs));
    const { id } = queue.enqueue({ payload: "x", key: "k" });
    const attempts: number[] = [];
    await workOff(queue, {
      handler({ attempt }) {
        attempts.push(attempt);
        throw Object.assign(new Error("no luck"), { code: "NO_LUCK" });
      },
    });
    expect({ attempts, failed }).toEqual({ attempts: [1, 2, 3], failed: [20, 60] });
    expect(queue.dead()).toMatchObject([
      { id, state: "dead", failures: 3, error: "NO_LUCK: no luck", key: "k" },
    ]);
  });

  test("is dead at once where no retry can help", async () => {
    const queue = open();
    queue.enqueue({ payload: "letter" });
    queue.enqueue({ payload: "field" });
    await workOff(queue, {
      handler({ payload }) {
        if (payload === "letter") throw new DeadLetterError("its address is nowhere");
        throw Object.assign(new Error("refused"), { retryable: false });
      },
    });
    expect(queue.dead().map(({ error, failures }) => ({ error, failures }))).toEqual([
      { error: "its address is nowhere", failures: 1 },
      { error: "refused", failures: 1 },
    ]);
    const [first, second] = queue.dead();
    expect(queue.dead({ limit: 1, after: first?.id }).map(({ id }) => id)).toEqual([second?.id]);
  });

  test("comes back from the dead with all its attempts, or is removed with its key", async () => {
    const queue = open({ attempts: 2 });
    const { id } = queue.enqueue({ payload: "x", key: "k" });
    let broken = true;
    const attempts: number[] = [];
    const handler: ConsumeOptions<string>["handler"] = ({ attempt }) => {
      attempts.push(attempt);
      if (broken) throw new Error("broken");
    };
    await workOff(queue, { handler });
    expect(queue.enqueue({ payload: "y", key: "k" })).toEqual({ id, isNew: false });
    expect(queue.requeue(id)).toBe(true);
    expect(queue.requeue(id)).toBe(false);
    await workOff(queue, { handler });
    expect(attempts).toEqual([1, 2, 1, 2]);
    queue.requeue(id);
    broken = false;
    await workOff(queue, { handler });
    expect(queue.get(id)).toMatchObject({ state: "done" });
    expect(queue.remove(id)).toBe(true);
    expect(queue.remove(id)).toBe(false);
    expect(queue.enqueue({ payload: "y", key: "k" })).toMatchObject({ isNew: true });
  });

  test("jitter is drawn from what was given", async () => {
    const backoff = { firstMs: 100, jitter: 0.4 };
    const queue = open({ backoff, random: () => 0.5 });
    const { id } = queue.enqueue({ payload: "x" });
    const pauses: number[] = [];
    queue.events.on("failed", ({ retryInMs }) => pauses.push(retryInMs));
    consume(queue, {
      handler() {
        throw new Error("once");
      },
    });
    await expect.poll(() => pauses).toEqual([80]);
    expect(queue.get(id)).toMatchObject({ state: "delayed", failures: 1, error: "once" });
  });

  test("what is postponed comes back without an attempt counted", async () => {
    const queue = open({ attempts: 1 });
    queue.enqueue({ payload: "x" });
    const attempts: number[] = [];
    await workOff(queue, {
      handler({ attempt }) {
        if (attempts.push(attempt) < 4) throw new PostponeError(1);
      },
    });
    expect(attempts).toEqual([1, 1, 1, 1]);
    expect(queue.counts()).toMatchObject({ done: 1, dead: 0 });
  });
});

describe("time", () => {
  test("an attempt that takes too long is aborted, and its late result is nobody's", async () => {
    const queue = open({ keepDoneMs: Number.POSITIVE_INFINITY });
    const { id } = queue.enqueue({ payload: "x", timeoutMs: 20 });
    const reasons: unknown[] = [];
    const late = Promise.withResolvers<string>();
    await workOff(queue, {
      handler({ attempt, signal }) {
        if (attempt > 1) return "in time";
        signal.addEventListener("abort", () => reasons.push(signal.reason.code));
        return late.promise;
      },
    });
    late.resolve("late");
    await sleep(0);
    expect(reasons).toEqual(["QUEUE_TASK_TIMEOUT"]);
    expect(queue.get(id)).toMatchObject({ state: "done", result: "in time", failures: 1 });
  });

  test("a lease is kept by its heartbeat for as long as the work takes", async () => {
    const queue = open();
    queue.enqueue({ payload: "long" });
    const attempts: number[] = [];
    const one = { leaseMs: 60, pollMs: 5 };
    const handler: ConsumeOptions<string>["handler"] = async ({ attempt }) => {
      attempts.push(attempt);
      await sleep(400);
    };
    consume(queue, { ...one, handler });
    await expect.poll(() => attempts.length).toBe(1);
    consume(queue, { ...one, handler }); // would take it, if it lapsed
    await queue.drain();
    expect(attempts).toEqual([1]);
  });

  test("a consumer that others took for dead aborts what it has, and its outcome does not count", async () => {
    const queue = open({ keepDoneMs: Number.POSITIVE_INFINITY });
    const { id } = queue.enqueue({ payload: "x" });
    const reasons: string[] = [];
    const running = Promise.withResolvers<void>();
    const handler: ConsumeOptions<string>["handler"] = ({ attempt, signal }) => {
      if (attempt > 1) return "second";
      running.resolve();
      return new Promise((resolve) => {
        signal.addEventListener("abort", () => {
          reasons.push(signal.reason.code);
          resolve("first");
        });
      });
    };
    consume(queue, { handler, leaseMs: 60 });
    await running.promise;
    queue.reclaim(); // as another process does after the lease ran out
    await queue.drain();
    expect(reasons).toEqual(["QUEUE_LEASE_LOST"]);
    expect(queue.get(id)).toMatchObject({ state: "done", result: "second" });
  });

  test("a task that takes its process down every time is dead in the end", () => {
    const before = open({ attempts: 2 });
    const { id } = before.enqueue({ payload: "poison" });
    const database = new SqliteDatabase(file);
    started.add(() => database.close());
    const dead: string[] = [];
    before.events.on("dead", ({ reason }) => dead.push(reason));
    for (const consumer of [101, 102]) {
      // What a process leaves that is killed with the task in its hands.
      database.prepare("INSERT INTO queue_consumers VALUES (?, 1, 0)").run(consumer);
      database
        .prepare("INSERT INTO queue_leased SELECT id, ?, NULL FROM queue_ready")
        .run(consumer);
      database.exec("DELETE FROM queue_ready");
      before.reclaim();
    }
    expect(before.get(id)).toMatchObject({ state: "dead", failures: 2 });
    expect(dead).toEqual([expect.stringContaining("in every attempt")]);
  });
});

describe("keys", () => {
  test("a second task with a key is not added while the first is there", async () => {
    const queue = open({ keepDoneMs: Number.POSITIVE_INFINITY });
    const first = queue.enqueue({ payload: "a", key: "k" });
    expect(first.isNew).toBe(true);
    expect(queue.enqueue({ payload: "b", key: "k" })).toEqual({ id: first.id, isNew: false });
    const [again, other] = queue.enqueueAll([
      { payload: "c", key: "k" },
      { payload: "d", key: "other" },
    ]);
    expect(again).toEqual({ id: first.id, isNew: false });
    expect(other?.isNew).toBe(true);
    expect(await workOff(queue)).toEqual(["a", "d"]);
    expect(queue.enqueue({ payload: "e", key: "k" }).isNew).toBe(false);
    expect(queue.find("k")).toMatchObject({ state: "done", payload: "a" });
    consume(open({ keepDoneMs: 0 }), { handler() {} }); // one that forgets
    await expect.poll(() => queue.find("k")).toBeUndefined();
    expect(queue.enqueue({ payload: "f", key: "k" }).isNew).toBe(true);
  });

  test("are each queue's own, as everything is", async () => {
    const [one, other] = [open({ name: "one" }), open({ name: "other" })];
    one.enqueue({ payload: "1", key: "k" });
    other.enqueue({ payload: "2", key: "k" });
    one.pause();
    expect(other.isPaused).toBe(false);
    expect(await workOff(other)).toEqual(["2"]);
    expect(one.counts().ready).toBe(1);
  });
});

describe("a database of somebody else", () => {
  test("takes a task with its transaction, or without it not", async () => {
    const database = new SqliteDatabase(file);
    started.add(() => database.close());
    database.exec("CREATE TABLE orders (id INTEGER); PRAGMA user_version = 7");
    const queue = openQueue<string>(database);
    const order = database.transaction((id: number, fail: boolean) => {
      database.prepare("INSERT INTO orders VALUES (?)").run(id);
      queue.enqueue({ payload: `order ${id}`, key: `order ${id}` });
      if (fail) throw new Error("out of stock");
    });
    order(1, false);
    expect(() => order(2, true)).toThrow("out of stock");
    expect(await workOff(queue)).toEqual(["order 1"]);
    expect(queue.find("order 2")).toBeUndefined();
    queue.close();
    expect(database.pragma("user_version", { simple: true })).toBe(7);
    openQueue(database); // its tables are there already
  });

  test("that a later version has written is refused", () => {
    const queue = open();
    queue.close();
    const database = new SqliteDatabase(file);
    started.add(() => database.close());
    database.exec("UPDATE queue_schema SET version = 99");
    expect(() => openQueue(file)).toThrow(expect.objectContaining({ code: "QUEUE_TOO_NEW" }));
  });
});

test("what is asked for in one turn of the loop is added together, and what cannot be is refused alone", async () => {
  const queue = open<unknown>();
  const soon = [1, 2, 3].map((payload) => queue.enqueueSoon({ payload }));
  await expect(queue.enqueueSoon({ payload: 5n })).rejects.toMatchObject({ code: "QUEUE_INVALID" });
  expect(queue.counts().ready).toBe(0);
  expect((await Promise.all(soon)).map(({ isNew }) => isNew)).toEqual([true, true, true]);
  expect(queue.counts().ready).toBe(3);
});

test("progress is told at once and kept while the task runs; results are kept after it", async () => {
  const queue = open<string>({ keepDoneMs: Number.POSITIVE_INFINITY });
  const { id } = queue.enqueue({ payload: "x" });
  const told: unknown[] = [];
  queue.events.on("progress", ({ progress }) => told.push(progress));
  const go = Promise.withResolvers<void>();
  consume(queue, {
    async handler(task) {
      task.progress({ percent: 40 });
      await go.promise;
      return { answer: 42 };
    },
  });
  await expect
    .poll(() => queue.get(id))
    .toMatchObject({ state: "leased", progress: { percent: 40 } });
  expect(told).toEqual([{ percent: 40 }]);
  go.resolve();
  await queue.drain();
  expect(queue.get(id)).toMatchObject({ state: "done", result: { answer: 42 } });
});

test("paused, nothing is taken; what is under way goes on", async () => {
  const queue = open();
  queue.enqueueAll([{ payload: "a" }, { payload: "b" }]);
  const go = Promise.withResolvers<void>();
  const begun: string[] = [];
  consume(queue, {
    async handler({ payload }) {
      begun.push(payload);
      await go.promise;
    },
  });
  await expect.poll(() => begun).toEqual(["a"]);
  queue.pause();
  expect(open().isPaused).toBe(true);
  go.resolve();
  await expect.poll(() => queue.counts()).toMatchObject({ leased: 0, ready: 1, done: 1 });
  queue.resume();
  await queue.drain();
  expect(begun).toEqual(["a", "b"]);
});

describe("a consumer ends", () => {
  test("by stop: what is under way is finished, and nothing more is taken", async () => {
    const queue = open();
    queue.enqueueAll([{ payload: "a" }, { payload: "b" }]);
    const go = Promise.withResolvers<void>();
    const begun: string[] = [];
    const consumer = consume(queue, {
      async handler({ payload }) {
        begun.push(payload);
        await go.promise;
      },
    });
    await expect.poll(() => begun).toEqual(["a"]);
    expect(consumer.running).toBe(1);
    const stopped = consumer.stop();
    go.resolve();
    await stopped;
    expect(queue.counts()).toMatchObject({ ready: 1, leased: 0, done: 1 });
    expect(begun).toEqual(["a"]);
  });

  test("by its signal: what is under way goes back, its attempt not counted", async () => {
    const queue = open();
    const { id } = queue.enqueue({ payload: "a" });
    const stop = new AbortController();
    const begun = Promise.withResolvers<void>();
    const consumer = consume(queue, {
      signal: stop.signal,
      handler: ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
          begun.resolve();
        }),
    });
    await begun.promise;
    stop.abort(new Error("enough"));
    await consumer.ended;
    expect(queue.get(id)).toMatchObject({ state: "ready", failures: 0 });
    expect(await workOff(queue)).toEqual(["a"]);
  });
});

test("a database that is locked costs time and nothing else", async () => {
  const database = new SqliteDatabase(file, { timeout: 20 });
  started.add(() => database.close());
  database.pragma("journal_mode = WAL");
  const queue = openQueue<string>(database);
  const troubles: unknown[] = [];
  queue.events.on("trouble", (error) => troubles.push((error as { code?: string }).code));
  const other = new SqliteDatabase(file);
  started.add(() => other.close());
  const { id } = queue.enqueue({ payload: "x" });
  let runs = 0;
  consume(queue, {
    handler() {
      runs++;
      other.exec("BEGIN IMMEDIATE"); // somebody writes, just when the task is done
    },
  });
  await expect.poll(() => troubles).toContain("SQLITE_BUSY");
  other.exec("COMMIT");
  await expect.poll(() => queue.get(id)?.state).toBe("done");
  expect(runs).toBe(1);
});

test.each<[string, (queue: Queue<unknown>) => unknown]>([
  ["an unknown priority", (q) => q.enqueue({ payload: 1, priority: "urgent" as "high" })],
  ["an empty key", (q) => q.enqueue({ payload: 1, key: "" })],
  ["an empty tag", (q) => q.enqueue({ payload: 1, tags: [""] })],
  ["a delay before now", (q) => q.enqueue({ payload: 1, delayMs: -1 })],
  ["two times to run at", (q) => q.enqueue({ payload: 1, delayMs: 1, runAt: 1 })],
  ["no attempt", (q) => q.enqueue({ payload: 1, attempts: 0 })],
  ["no time", (q) => q.enqueue({ payload: 1, timeoutMs: 0 })],
  [
    "a backoff that shrinks",
    (q) => q.enqueue({ payload: 1, backoff: { firstMs: 1, factor: 0.5 } }),
  ],
  ["more chance than pause", (q) => q.enqueue({ payload: 1, backoff: { firstMs: 1, jitter: 2 } })],
  ["a payload without JSON", (q) => q.enqueueAll([{ payload: 1 }, { payload: 1n }])],
  ["no slot", (q) => q.consume({ slots: 0, handler() {} })],
  ["a lease of no time", (q) => q.consume({ leaseMs: 0, handler() {} })],
])("%s is refused, and nothing is added", (_, act) => {
  const queue = open<unknown>();
  expect(() => act(queue)).toThrow(expect.objectContaining({ code: "QUEUE_INVALID" }));
  expect(queue.counts().ready).toBe(0);
});
