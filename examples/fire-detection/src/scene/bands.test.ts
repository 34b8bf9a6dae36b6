import { expect, test } from "vitest";
import { contradictions, findBands, formatBands } from "./bands.ts";

test("finds bands by the names that files give them", () => {
  expect(findBands(["60m: B9 945nm", "20m: B11 1610nm", "20m: B12 2190nm"])).toEqual({
    ...{ "12": 2, "11": 1, nir: 0 },
  });
  expect(findBands(["B08", "b8a", "B11", "B12"])).toEqual({ "12": 3, "11": 2, nir: 1 });
  expect(findBands(["B12", "B11", "NIR"])).toEqual({ "12": 0, "11": 1, nir: 2 });
});

test("does not guess where a name is missing", () => {
  expect(findBands(["B12", "B11", undefined])).toBeUndefined();
  expect(findBands(["B120", "B11", "B8A"])).toBeUndefined();
  expect(findBands([])).toBeUndefined();
});

test("tells of bands that the file calls something else", () => {
  const file = ["60m: B9 945nm", "20m: B11 1610nm", "20m: B12 2190nm"];
  expect(contradictions({ "12": 2, "11": 1, nir: 0 }, file)).toEqual([]);
  const lines = contradictions({ "12": 0, "11": 1, nir: 2 }, file);
  expect(lines).toHaveLength(2);
  expect(lines[0]).toContain("--bands 12=2,11=1,nir=0");
  expect(contradictions({ "12": 0, "11": 1, nir: 2 }, [undefined, undefined, undefined])).toEqual(
    [],
  );
});

test("writes bands as the flag takes them", () => {
  expect(formatBands({ "12": 2, "11": 1, nir: 0 })).toBe("12=2,11=1,nir=0");
});
