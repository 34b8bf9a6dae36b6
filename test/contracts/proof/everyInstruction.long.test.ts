import { expect, test } from "vitest";
import { carryOutEveryInstruction } from "./everyInstruction.ts";

test("1,000 steps of each instruction lead where the reference says, and no forged witness elsewhere", async () => {
  const { steps, forgeries, mostGas } = await carryOutEveryInstruction(1_000, {
    forgedEvery: 7,
  });
  console.log(`${steps} steps, ${forgeries} forged witnesses, at most ${mostGas} gas inside`);
  expect(steps).toBeGreaterThan(100_000);
});
