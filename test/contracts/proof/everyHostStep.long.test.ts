import { expect, test } from "vitest";
import { carryOutHostSteps } from "./everyHostStep.ts";

test("5,000 steps of the host lead where the reference says, and no forged witness elsewhere", async () => {
  const { forgeries, mostGas } = await carryOutHostSteps(5_000);
  console.log(`${forgeries} forged witnesses, at most ${mostGas} gas inside`);
  expect(forgeries).toBe(15_000);
});
