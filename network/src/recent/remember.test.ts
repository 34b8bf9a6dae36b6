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

test("what is spare is forgotten first", () => {
  const map = new Map<string, number>();
  const isSpare = (value: number) => value < 10;
  for (const [key, value] of [
    ["a", 10],
    ["b", 1],
    ["c", 11],
    ["d", 2],
    ["e", 12],
  ] as const) {
    remember(map, key, value, 3, isSpare);
  }
  expect([...map.keys()]).toEqual(["a", "c", "e"]);
  expect(remember(map, "f", 13, 3, isSpare)).toEqual(["a", 10]);
});
