import { expect, test } from "vitest";
import { createTurns } from "./turns.ts";

test("who gains is first, others wait for a few blocks of their own choice, and the rest for longer", () => {
  let number = 100n;
  const chosen = [3, 0, 5];
  const turns = createTurns(
    () => ({ number }),
    () => chosen.shift() ?? 0,
  );
  expect(turns.isOurs("resolve/a", "own")).toBe(true);
  expect(turns.isOurs("settle/a", "shared")).toBe(false); // block 103
  expect(turns.isOurs("settle/b", "shared")).toBe(true); // at once
  expect(turns.isOurs("resolve/b", "none")).toBe(false); // block 115
  number = 102n;
  expect(turns.isOurs("settle/a", "shared")).toBe(false);
  number = 103n;
  expect(turns.isOurs("settle/a", "shared")).toBe(true);
  expect(turns.isOurs("resolve/b", "none")).toBe(false);
  number = 115n;
  expect(turns.isOurs("resolve/b", "none")).toBe(true);
});

test("nodes that wait for the same call spread over the blocks", () => {
  const first = () => {
    let number = 0n;
    const turns = createTurns(() => ({ number }));
    while (!turns.isOurs("advance/a", "shared")) number += 1n;
    return Number(number);
  };
  const blocks = new Set(Array.from({ length: 200 }, first));
  expect([...blocks].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]); // missed with a chance below 10⁻¹⁰
});
