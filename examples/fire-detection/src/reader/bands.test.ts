import { expect, test } from "vitest";
import { SENSORS } from "../sensors/sensors.ts";
import {
  contradictions as contradictionsOf,
  findBands as findBandsOf,
  formatBands,
} from "./bands.ts";

const MSI = SENSORS["sentinel-2"];
const findBands = (texts: (string | undefined)[]) => findBandsOf(texts, MSI);
const contradictions = (bands: Record<string, number>, texts: (string | undefined)[]) =>
  contradictionsOf(bands, texts, MSI);

test("finds bands by the names that files give them", () => {
  expect(findBands(["60m: B9 945nm", "20m: B11 1610nm", "20m: B12 2190nm"])).toEqual({
    "12": 2,
    "11": 1,
    nir: 0,
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
  expect(formatBands({ "12": 2, "11": 1, nir: 0 }, MSI)).toBe("12=2,11=1,nir=0");
});

test("finds the bands of other sensors, and does without those it can do without", () => {
  const oli = ["B1", "B2", "B3", "B4", "B5", "B6", "B7", "B10"];
  expect(findBandsOf(oli, SENSORS.landsat)).toEqual({
    "1": 0,
    "2": 1,
    "3": 2,
    "4": 3,
    "5": 4,
    "6": 5,
    "7": 6,
  });
  expect(findBandsOf([...oli, "QA_RADSAT"], SENSORS.landsat)).toMatchObject({ radsat: 8 });
  expect(findBandsOf(["I01", "I02", "I03", "I04", "I05", "sza"], SENSORS.viirs)).toEqual({
    i1: 0,
    i2: 1,
    i3: 2,
    i4: 3,
    i5: 4,
    sza: 5,
  });
  expect(findBandsOf(["I04", "I05"], SENSORS.viirs)).toBeUndefined();
});
