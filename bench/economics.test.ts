import { expect, it } from "vitest";
import { isLong } from "../test/fixtures/long.ts";
import { measureEconomics } from "./economics.ts";

const large = { populations: 2, draws: 200, checks: 10 };
const small = { populations: 1, draws: 50, checks: 3 };

it("no attack on settlement pays, and power follows tickets", async () => {
  const report = await measureEconomics(isLong ? large : small);
  expect(report.sybilAdvantage).toBeLessThanOrEqual(1.02);
  expect(report.foreignDisputeLossWei).toBe(0);
  expect(report.undecidedGainWei).toBeLessThanOrEqual(0);
  expect(report.copyGainWei).toBeLessThanOrEqual(0);
  expect(report.hideGainWei).toBeLessThanOrEqual(0);
  expect(report.freezeCostRatio).toBeGreaterThanOrEqual(50);
  expect(report.squatCostRatio).toBeGreaterThanOrEqual(1);
}, 240_000);
