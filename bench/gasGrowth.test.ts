import { expect, it } from "vitest";
import { measureGrowth } from "./gasGrowth.ts";

it("a job costs the same at a hundred, ten thousand and a million tasks; a draw grows with the depth of a tree", async () => {
  const { tasks, jurors } = await measureGrowth();
  const totals = Object.values(tasks).map(({ total }) => Number(total));
  // What differs is how many bytes of calldata are zero.
  expect(Math.max(...totals) - Math.min(...totals)).toBeLessThan(500);
  const draws = Object.values(jurors).map(({ draw }) => Number(draw));
  expect(draws).toHaveLength(4);
  for (const [i, draw] of draws.entries()) expect(draw).toBeLessThan(100_000 + 10_000 * (i + 2));
}, 240_000);
