import { expect, test } from "vitest";
import { evaluate } from "./evaluate.ts";

const at = (...xs: number[]) => xs.map((x) => ({ x, y: 2 * x }));

test("counts what was found, found wrongly and missed", () => {
  const result = evaluate(at(1, 2, 3, 4), at(2, 3, 4, 5, 6));
  expect(result.truePositives).toEqual(at(2, 3, 4));
  expect(result.falsePositives).toEqual(at(1));
  expect(result.falseNegatives).toEqual(at(5, 6));
  expect(result.precision).toBeCloseTo(3 / 4);
  expect(result.recall).toBeCloseTo(3 / 5);
  expect(result.f1).toBeCloseTo((2 * (3 / 4) * (3 / 5)) / (3 / 4 + 3 / 5));
});

test("does not make up shares of nothing", () => {
  expect(evaluate([], [])).toMatchObject({
    precision: undefined,
    recall: undefined,
    f1: undefined,
  });
  expect(evaluate([], at(1))).toMatchObject({ precision: undefined, recall: 0, f1: 0 });
  expect(evaluate(at(1), [])).toMatchObject({ precision: 0, recall: undefined, f1: 0 });
});

test("tells false alarms beside a fire from others, and counts both as false", () => {
  const burning = [{ x: 5, y: 5 }];
  const result = evaluate(
    [
      { x: 5, y: 5 },
      { x: 6, y: 6 },
      { x: 7, y: 5 },
    ],
    burning,
  );
  expect(result.falsePositives).toHaveLength(2);
  expect(result.besideFire).toEqual([{ x: 6, y: 6 }]);
  expect(result.precision).toBeCloseTo(1 / 3);
});

test("tells columns from rows", () => {
  expect(evaluate([{ x: 1, y: 11 }], [{ x: 11, y: 1 }]).truePositives).toEqual([]);
});
