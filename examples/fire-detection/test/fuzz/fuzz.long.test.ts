import { describe, expect, test } from "vitest";
import { fuzzCsv, fuzzGeotiff, fuzzMetadata } from "./fuzz.ts";

const seed = Number(process.env.TEST_SEED ?? Math.floor(Math.random() * 2 ** 30));
const options = { seed, inputs: 100_000 };

describe(`100,000 damaged inputs neither crash nor hang a reader (TEST_SEED=${seed})`, () => {
  test("GeoTIFF", async () => {
    expect((await fuzzGeotiff(options)).accepted).toBeGreaterThan(10_000);
  });

  test("Landsat's metadata", async () => {
    expect((await fuzzMetadata(options)).accepted).toBeGreaterThan(10_000);
  });

  test("CSV, written and read back", () => fuzzCsv(options));
});
