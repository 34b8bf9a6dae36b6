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
      minStakePerBatch: 1n,
      expiryPenaltyBps: 100,
    };
    const most = {
      unbondingSeconds: 60 * DAY,
      minChallengeWindowSeconds: 30 * DAY,
      maxChallengeWindowSeconds: 30 * DAY,
      maxSubmitWindowSeconds: 30 * DAY,
      minStakePerBatch: 10n ** 24n,
      expiryPenaltyBps: 5000,
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
