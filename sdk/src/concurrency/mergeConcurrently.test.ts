import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { mergeConcurrently } from "./mergeConcurrently.ts";

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

const numbers = (count: number) =>
  async function* () {
    for (let i = 0; i < count; i++) yield i;
  };

test("yields everything once, and one at a time keeps the order", async () => {
  async function* open(item: number) {
    for (let i = 0; i < item; i++) yield item * 10 + i;
  }
  const expected = [10, 20, 21, 30, 31, 32];
  expect(await collect(mergeConcurrently(numbers(4), 1, open))).toEqual(expected);
  const merged = await collect(mergeConcurrently(numbers(4), 3, open));
  expect(merged.toSorted()).toEqual(expected);
});

test("a stream that hangs holds up nobody else", async () => {
  const gate = Promise.withResolvers<void>();
  async function* open(item: number) {
    if (item === 0) await gate.promise;
    yield item;
  }
  const seen: number[] = [];
  for await (const item of mergeConcurrently(numbers(6), 2, open)) {
    seen.push(item);
    if (seen.length === 5) gate.resolve();
  }
  expect(seen).toEqual([1, 2, 3, 4, 5, 0]);
});

test("opens no more than its bound, and waits for a slow reader", async () => {
  let open = 0;
  let most = 0;
  let made = 0;
  const stream = mergeConcurrently(numbers(20), 3, async function* (item) {
    most = Math.max(most, ++open);
    for (let i = 0; i < 10; i++) {
      made += 1;
      yield item;
    }
    open -= 1;
  });
  let read = 0;
  for await (const _ of stream) {
    read += 1;
    await delay(0);
    // Three are ready, three hold one each.
    expect(made - read).toBeLessThanOrEqual(6);
  }
  expect(read).toBe(200);
  expect(most).toBeLessThanOrEqual(3);
});

test.each(["source", "stream"])("a failing %s ends it all", async (which) => {
  const opened: number[] = [];
  const closed: number[] = [];
  async function* source() {
    yield 0;
    yield 1;
    if (which === "source") throw new Error("broken");
    yield 2;
  }
  const stream = mergeConcurrently(source, 3, async function* (item, signal) {
    opened.push(item);
    try {
      yield item;
      if (item === 2) throw new Error("broken");
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    } finally {
      closed.push(item);
    }
  });
  await expect(collect(stream)).rejects.toThrow("broken");
  expect(closed.toSorted()).toEqual(opened);
});

test("a reader that stops, and a signal, stop source and streams", async () => {
  for (const how of ["break", "abort"]) {
    const controller = new AbortController();
    let over = 0;
    const forever = async function* (signal: AbortSignal) {
      try {
        for (let i = 0; ; i++) {
          yield i;
          await delay(1, undefined, { signal });
        }
      } finally {
        over += 1;
      }
    };
    const stream = mergeConcurrently(forever, 2, (_, signal) => forever(signal), {
      signal: controller.signal,
    });
    const reading = (async () => {
      for await (const item of stream) {
        if (item < 3) continue;
        if (how === "break") break;
        controller.abort(new Error("enough"));
      }
    })();
    if (how === "break") await reading;
    else await expect(reading).rejects.toThrow("enough");
    expect(over).toBe(3);
  }
});
