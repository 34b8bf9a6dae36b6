import { expect, test } from "vitest";
import { compareNumeric, opcodes } from "./numeric.ts";

/** Two million in all, half of which are of floats. */
const PAIRS = Number(process.env.NUMERIC_PAIRS ?? 15_000);

test(`${PAIRS * opcodes.length} numeric instructions give on the chain what this processor gives`, async () => {
  expect(await compareNumeric(PAIRS)).toBeGreaterThan(0);
});
