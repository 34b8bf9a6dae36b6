import { expect, test } from "vitest";
import { carryOutHostSteps } from "./everyHostStep.ts";

/** `npm run test:long` takes 5,000. */
const STEPS = 60;

test("each step of the host leads where the reference says, and no forged witness elsewhere", async () => {
  const { forgeries } = await carryOutHostSteps(STEPS);
  expect(forgeries).toBe(3 * STEPS);
});
