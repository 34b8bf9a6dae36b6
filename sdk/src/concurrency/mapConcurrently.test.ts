import { expect, test } from "vitest";
import { mapConcurrently } from "./mapConcurrently.ts";

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

test("keeps the order, whichever is ready first, and the bound", async () => {
  let underWay = 0;
  let most = 0;
  const gates = Array.from({ length: 10 }, () => Promise.withResolvers<void>());
  const stream = mapConcurrently(gates.keys(), 3, async (i) => {
    most = Math.max(most, ++underWay);
    // Each waits for the one after it in its group of three, so that they finish in reverse.
    if (i % 3 !== 2 && i !== 9) await gates[i + 1]?.promise;
    gates[i]?.resolve();
    underWay -= 1;
    return i;
  });
  expect(await collect(stream)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(most).toBe(3);
});

test("reads no further ahead than it works", async () => {
  let read = 0;
  async function* endless() {
    for (;;) yield read++;
  }
  for await (const item of mapConcurrently(endless(), 4, async (i) => i)) {
    expect(read).toBeLessThanOrEqual(item + 4);
    if (item === 20) break;
  }
});

test("a failure is thrown in its turn, and aborts the rest", async () => {
  const aborted: number[] = [];
  const seen: number[] = [];
  const stream = mapConcurrently([0, 1, 2, 3], 4, async (i, signal) => {
    if (i === 0) return i;
    if (i === 1) throw new Error("one");
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    aborted.push(i);
    return i;
  });
  const failure = (async () => {
    for await (const item of stream) seen.push(item);
  })();
  await expect(failure).rejects.toThrow("one");
  expect(seen).toEqual([0]);
  expect(aborted).toEqual([2, 3]);
});

test("a source that fails ends the stream with its error, after what it gave", async () => {
  async function* source() {
    yield 1;
    yield 2;
    throw new Error("dry");
  }
  const seen: number[] = [];
  const reading = (async () => {
    for await (const item of mapConcurrently(source(), 4, async (i) => i)) seen.push(item);
  })();
  await expect(reading).rejects.toThrow("dry");
  expect(seen).toEqual([1, 2]);
});
