import { stringToHex } from "viem";
import { describe, expect, it } from "vitest";
import { DAY, expectRevert, parameters, startMarket } from "./market.ts";

type Name = keyof typeof parameters;

describe("the constructor", () => {
  it("keeps the parameters, at the edge of their bounds too", async () => {
    const least = {
      unbondingSeconds: 3600,
      minChallengeWindowSeconds: 60,
      maxChallengeWindowSeconds: 60,
      maxSubmitWindowSeconds: 60,
      responseWindowSeconds: 60,
      disputeTimeoutSeconds: 3600,
      minStakePerBatch: 1n,
      expiryPenaltyBps: 100,
      releaseFeeBps: 1,
      slashBps: 1000,
      burnBps: 1000,
      challengerShareBps: 1000,
      challengeBondBps: 100,
      demandBondBps: 10,
    };
    const most = {
      unbondingSeconds: 60 * DAY,
      minChallengeWindowSeconds: 30 * DAY,
      maxChallengeWindowSeconds: 30 * DAY,
      maxSubmitWindowSeconds: 30 * DAY,
      responseWindowSeconds: 7 * DAY,
      disputeTimeoutSeconds: 90 * DAY,
      minStakePerBatch: 10n ** 24n,
      expiryPenaltyBps: 5000,
      releaseFeeBps: 5000,
      slashBps: 10_000,
      burnBps: 5000,
      challengerShareBps: 5000,
      challengeBondBps: 10_000,
      demandBondBps: 5000,
    };
    for (const each of [parameters, least, most]) {
      const { read } = await startMarket(each);
      expect(await read.parameters()).toEqual(each);
    }
  });

  it.each<[Name, number | bigint, bigint, bigint]>([
    ["unbondingSeconds", 3599, 3600n, BigInt(60 * DAY)],
    ["unbondingSeconds", 60 * DAY + 1, 3600n, BigInt(60 * DAY)],
    ["minChallengeWindowSeconds", 59, 60n, BigInt(30 * DAY)],
    ["minChallengeWindowSeconds", 30 * DAY + 1, 60n, BigInt(30 * DAY)],
    ["maxChallengeWindowSeconds", 599, 600n, BigInt(30 * DAY)],
    ["maxChallengeWindowSeconds", 30 * DAY + 1, 600n, BigInt(30 * DAY)],
    ["maxSubmitWindowSeconds", 59, 60n, BigInt(30 * DAY)],
    ["maxSubmitWindowSeconds", 30 * DAY + 1, 60n, BigInt(30 * DAY)],
    ["minStakePerBatch", 0n, 1n, 10n ** 24n],
    ["minStakePerBatch", 10n ** 24n + 1n, 1n, 10n ** 24n],
    ["expiryPenaltyBps", 99, 100n, 5000n],
    ["expiryPenaltyBps", 5001, 100n, 5000n],
    ["responseWindowSeconds", 59, 60n, BigInt(7 * DAY)],
    ["responseWindowSeconds", 7 * DAY + 1, 60n, BigInt(7 * DAY)],
    ["disputeTimeoutSeconds", 3599, 3600n, BigInt(90 * DAY)],
    ["disputeTimeoutSeconds", 90 * DAY + 1, 3600n, BigInt(90 * DAY)],
    ["releaseFeeBps", 0, 1n, 2000n],
    ["releaseFeeBps", 2001, 1n, 2000n],
    ["slashBps", 999, 1000n, 10_000n],
    ["slashBps", 10_001, 1000n, 10_000n],
    ["burnBps", 999, 1000n, 5000n],
    ["burnBps", 5001, 1000n, 5000n],
    ["challengerShareBps", 999, 1000n, 5000n],
    ["challengerShareBps", 5001, 1000n, 5000n],
    ["challengeBondBps", 99, 100n, 10_000n],
    ["challengeBondBps", 10_001, 100n, 10_000n],
    ["demandBondBps", 9, 10n, 5000n],
    ["demandBondBps", 5001, 10n, 5000n],
  ])("refuses %s = %s", async (name, value, least, most) => {
    await expectRevert(startMarket({ [name]: value }), "Marketplace_OutOfBounds", [
      stringToHex(name, { size: 32 }),
      BigInt(value),
      least,
      most,
    ]);
  });
});

it("a plain transfer comes back, with and without data", async () => {
  const market = await startMarket();
  const wallet = await market.network.viem.getWalletClient(market.stranger.address);
  for (const data of [undefined, "0x12345678"] as const) {
    await expect(
      wallet.sendTransaction({ to: market.address, value: 1n, ...(data && { data }) }),
    ).rejects.toThrow();
  }
  expect(await market.balance()).toBe(0n);
});
