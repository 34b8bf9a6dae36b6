import { expect, it } from "vitest";
import { disputeGas, growthGas } from "./juryGas.ts";

// Gas is deterministic up to whom the draw finds, so its bounds are tests.

it("a dispute among jurors who have sat before costs at most 600,000", async () => {
  const { unanimous, split } = await disputeGas();
  console.log("a dispute, unanimous:", unanimous);
  console.log("a dispute, one of three slashed:", split);
  expect(unanimous.total).toBeLessThanOrEqual(520_000n);
  expect(split.total).toBeLessThanOrEqual(600_000n);
});

it("staking and drawing grow with the depth of the tree alone", async () => {
  const counts = [10, 100, 1000, 10_000];
  const growth = await growthGas(counts);
  console.table(growth.map((each) => ({ ...each })));
  expect(growth.map(({ jurors }) => jurors)).toEqual(counts);
  for (const [i, { deposit, unbond, draw }] of growth.entries()) {
    // Two levels at 10, 3 at 100, 4 at 1,000, 5 at 10,000.
    const levels = BigInt(i + 2);
    expect(deposit).toBeLessThanOrEqual(40_000n + 12_500n * levels);
    expect(unbond).toBeLessThanOrEqual(40_000n + 12_500n * levels);
    expect(draw).toBeLessThanOrEqual(100_000n + 9_000n * levels);
  }
});
