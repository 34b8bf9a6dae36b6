import { expect, test } from "vitest";
import { remember } from "./remember.ts";

test("what was remembered last is kept, and what was forgotten is told", () => {
  const map = new Map<string, number>();
  const forgotten = ["a", "b", "a", "c", "d"].map((key, i) => remember(map, key, i, 2));
  expect(forgotten).toEqual([undefined, undefined, undefined, ["b", 1], ["a", 2]]);
  expect([...map]).toEqual([
    ["c", 3],
    ["d", 4],
  ]);
});
