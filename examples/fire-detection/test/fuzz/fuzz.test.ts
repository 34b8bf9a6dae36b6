import { describe, expect, test } from "vitest";
import { fuzzCsv, fuzzGeotiff, fuzzMetadata } from "./fuzz.ts";

const seed = Number(process.env.TEST_SEED ?? Math.floor(Math.random() * 2 ** 30));
const options = { seed, inputs: 1_000 };
/** Ten seconds on a machine that does nothing else. */
const timeout = 300_000;

describe(`1,000 damaged inputs neither crash nor hang a reader (TEST_SEED=${seed})`, () => {
  test("GeoTIFF", { timeout }, async () => {
    const { accepted } = await fuzzGeotiff(options);
    // Most refused would mean that few got far.
    expect(accepted).toBeGreaterThan(100);
  });

  test("Landsat's metadata", { timeout }, async () => {
    const { accepted } = await fuzzMetadata(options);
    expect(accepted).toBeGreaterThan(100);
  });

  test("CSV, written and read back", { timeout }, () => fuzzCsv(options));
});
