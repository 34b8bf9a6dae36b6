import { expect, test } from "vitest";
import { startLoop } from "./loop.ts";

test("steps run as long as there is something to do, and again when woken", async () => {
  const stop = new AbortController();
  let left = 3;
  let steps = 0;
  const loop = startLoop({
    async step() {
      steps++;
      return left-- > 1;
    },
    onError() {},
    signal: stop.signal,
  });
  await expect.poll(() => steps).toBe(3);
  left = 2;
  loop.wake();
  await expect.poll(() => steps).toBe(5);
  stop.abort();
  await loop.done;
});

test("a wake during a step is not lost", async () => {
  const stop = new AbortController();
  let steps = 0;
  const loop = startLoop({
    async step() {
      steps++;
      if (steps === 1) loop.wake();
      await Promise.resolve();
      return false;
    },
    onError() {},
    signal: stop.signal,
  });
  await expect.poll(() => steps).toBe(2);
  stop.abort();
  await loop.done;
});

test("what fails is told and tried again", async () => {
  const stop = new AbortController();
  const errors: unknown[] = [];
  let steps = 0;
  const loop = startLoop({
    async step() {
      if (++steps === 1) throw new Error("first");
      return false;
    },
    onError: (error) => errors.push(error),
    signal: stop.signal,
  });
  await expect.poll(() => steps).toBe(2);
  expect(errors).toEqual([new Error("first")]);
  stop.abort();
  await loop.done;
});
