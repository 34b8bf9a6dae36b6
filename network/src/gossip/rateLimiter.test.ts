import { expect, test } from "vitest";
import { createRateLimiter } from "./rateLimiter.ts";

test("a burst passes at once, then so many a second, for each key by itself", () => {
  let now = 0;
  const limiter = createRateLimiter({ perSecond: 10, burst: 3 }, () => now);
  const taken = (key: string) => Array.from({ length: 5 }, () => limiter.take(key));
  expect(taken("a")).toEqual([true, true, true, false, false]);
  expect(taken("b")).toEqual([true, true, true, false, false]);
  now += 200;
  expect(taken("a")).toEqual([true, true, false, false, false]);
  now += 60_000;
  expect(taken("a")).toEqual([true, true, true, false, false]);
});
