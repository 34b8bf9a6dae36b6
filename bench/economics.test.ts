import { expect, it } from "vitest";
import { measureEconomics } from "./economics.ts";

it("no attack on settlement pays, and power follows tickets", async () => {
  const report = await measureEconomics({ populations: 2, draws: 200, checks: 10 });
  expect(report.sybilAdvantage).toBeLessThanOrEqual(1.02);
  expect(report.foreignDisputeLossWei).toBe(0);
  expect(report.undecidedGainWei).toBeLessThanOrEqual(0);
  expect(report.copyGainWei).toBeLessThanOrEqual(0);
  expect(report.hideGainWei).toBeLessThanOrEqual(0);
  expect(report.freezeCostRatio).toBeGreaterThanOrEqual(50);
  expect(report.squatCostRatio).toBeGreaterThanOrEqual(1);
}, 240_000);
