import { zeroAddress } from "viem";
import { expect, test } from "vitest";
import { DEFAULT_POLICY } from "../jobs/policy.ts";
import { askedReward, loadOf, type PriceContext, priceOf, priceRefusal } from "./pricing.ts";

const token = "0x00000000000000000000000000000000000000A5";
const policy = { ...DEFAULT_POLICY, minRewardPerTaskWei: 100n };
const context: PriceContext = { policy, fuelPerTask: undefined, load: 0, batchCostWei: 0n };
const offer = { token: zeroAddress, tasks: 10 } as const;
const priced = (pricing: Partial<typeof policy.pricing>, more: Partial<PriceContext> = {}) =>
  askedReward(offer, {
    ...{ ...context, ...more },
    policy: { ...policy, pricing: { ...policy.pricing, ...pricing } },
  });

test("a price is fixed", () => {
  expect(askedReward(offer, context)).toBe(100n);
});

test("or by the fuel of the trial, where that is more, rounded up", () => {
  const fuel = (fuelPerTask: bigint) => priced({ weiPerGigafuel: 1_000n }, { fuelPerTask });
  expect(fuel(99_999_999n)).toBe(100n);
  expect(fuel(100_000_001n)).toBe(101n);
  expect(fuel(5_000_000_000n)).toBe(5_000n);
  expect(priced({ weiPerGigafuel: 1n })).toMatchObject({ code: "FUEL" });
});

test("and more of it by load", () => {
  const load = (load: number) => priced({ loadMarkup: 0.5 }, { load });
  expect([load(0), load(0.5), load(1), load(7), load(-1)]).toEqual([100n, 125n, 150n, 150n, 100n]);
  expect(loadOf({ maxBatchesAtOnce: 4 }, 1)).toBe(0.25);
  expect(loadOf({ maxBatchesAtOnce: 1 }, 3)).toBe(1);
});

test("but never below what a batch costs, whatever the load", () => {
  const costs = (batchCostWei: bigint) => priced({ loadMarkup: 1 }, { load: 1, batchCostWei });
  expect(costs(2_000n)).toBe(200n);
  expect(costs(2_001n)).toBe(201n);
  const share = { ...policy, maxGasShare: 0.25 };
  expect(askedReward(offer, { ...context, policy: share, batchCostWei: 2_001n })).toBe(801n);
  const any = { ...policy, maxGasShare: Number.POSITIVE_INFINITY };
  expect(askedReward(offer, { ...context, policy: any, batchCostWei: 10n ** 18n })).toBe(100n);
});

test("a price in a token is what is worth as much, rounded up; others are refused", () => {
  const tokens = [{ address: token, weiPerToken: 3_000_000n, decimals: 6 }] as const;
  const paying = { ...context, policy: { ...policy, tokens } };
  expect(askedReward({ ...offer, token }, paying)).toBe(34n); // 102 wei
  expect(priceRefusal({ ...offer, token, rewardPerTask: 34n }, paying)).toBeUndefined();
  expect(priceRefusal({ ...offer, token, rewardPerTask: 33n }, paying)?.code).toBe("REWARD");
  expect(askedReward({ ...offer, token }, context)).toMatchObject({ code: "TOKEN" });
  const worthless = [{ address: token, weiPerToken: 0n, decimals: 6 }] as const;
  const none = { ...context, policy: { ...policy, tokens: worthless } };
  expect(askedReward({ ...offer, token }, none)).toMatchObject({ code: "TOKEN" });
});

test("what is asked is enough, and one less is not, for a reason that is named", () => {
  const pricing = { weiPerGigafuel: 1_000n, loadMarkup: 1 };
  const busy: PriceContext = {
    ...{ policy: { ...policy, pricing }, fuelPerTask: 300_000_000n },
    ...{ load: 0.5, batchCostWei: 2_000n },
  };
  expect(priceOf(offer, busy)).toEqual({ askedWei: 450n, idleWei: 300n, floorWei: 200n });
  const code = (rewardPerTask: bigint) => priceRefusal({ ...offer, rewardPerTask }, busy)?.code;
  expect([450n, 449n, 300n, 299n, 200n, 199n].map(code)).toEqual([
    ...[undefined, "LOAD", "LOAD", "REWARD", "REWARD", "GAS"],
  ]);
});
