import { expect, test } from "vitest";
import { compareNumeric, opcodes } from "./numeric.ts";

/** Pairs for each instruction: `npm run test:long` plays 15,000. */
const PAIRS = Number(process.env.NUMERIC_PAIRS ?? 60);

test("there are all of them", () => {
  expect(opcodes).toHaveLength(0xc4 - 0x45 + 1 + 8);
});

test("each numeric instruction gives on the chain what the reference gives", async () => {
  expect(await compareNumeric(PAIRS)).toBeGreaterThan(0);
});
