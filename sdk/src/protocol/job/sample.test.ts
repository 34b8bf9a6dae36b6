import { expect, test } from "vitest";
import { sampleTasks } from "./sample.ts";

test.each([
  [100, 0.05, 5],
  [100, 1, 100],
  [10, 0.001, 1],
  [1, 0.5, 1],
])("of %i tasks at a rate of %f, %i are chosen, each once and in order", (count, rate, size) => {
  const sample = sampleTasks({ first: 7, count }, rate);
  expect(sample).toHaveLength(size);
  expect(new Set(sample).size).toBe(size);
  expect(sample).toEqual(sample.toSorted((a, b) => a - b));
  expect(sample.every((position) => position >= 7 && position < 7 + count)).toBe(true);
});

test("every task is chosen sooner or later", () => {
  const seen = new Set<number>();
  for (let i = 0; i < 400; i++) {
    for (const position of sampleTasks({ first: 0, count: 8 }, 0.25)) seen.add(position);
  }
  expect(seen.size).toBe(8); // missed with a chance below 10⁻⁴⁸
});
