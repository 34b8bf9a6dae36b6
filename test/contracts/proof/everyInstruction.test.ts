import { expect, test } from "vitest";
import { carryOutEveryInstruction } from "./everyInstruction.ts";

/** `npm run test:long` takes 1,000 of each. */
const TIMES = 3;

test("each instruction leads where the reference says, and no forged witness elsewhere", async () => {
  const { steps, forgeries } = await carryOutEveryInstruction(TIMES);
  expect(steps).toBeGreaterThan(0);
  expect(forgeries).toBeGreaterThan(steps);
});
