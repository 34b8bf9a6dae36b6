import { type Address, encodeFunctionData, stringToHex } from "viem";
import { beforeAll, describe, expect, it } from "vitest";
import { juryArbiterAbi } from "../../../sdk/src/generated/juryArbiterAbi.ts";
import { type Court, DAY, expectRevert, type Parameters, parameters, startCourt } from "./court.ts";

let court: Court;
beforeAll(async () => {
  court = await startCourt();
});

describe("the constructor", () => {
  const deploy = (changes: Partial<Parameters> & { randomness?: Address; marketplace?: Address }) =>
    court.network.viem.deployContract("JuryArbiter", [
      {
        ...{ randomness: court.randomness.address, marketplace: court.marketplace },
        ...{ ...parameters, ...changes },
      },
    ]);

  it("keeps the parameters, at the edge of their bounds too", async () => {
    const least: Parameters = {
      ticketWei: 10n ** 12n,
      seatFeeWei: 1n,
      jurySize: 3,
      noShowSlashBps: 100,
      minoritySlashBps: 100,
      epochSeconds: 60,
      commitSeconds: 60,
      revealSeconds: 60,
      appealSeconds: 60,
      unbondingSeconds: 120,
    };
    const most: Parameters = {
      ticketWei: 10n ** 24n,
      seatFeeWei: 10n ** 24n,
      jurySize: 7,
      noShowSlashBps: 10_000,
      minoritySlashBps: 10_000,
      epochSeconds: DAY,
      commitSeconds: 7 * DAY,
      revealSeconds: 7 * DAY,
      appealSeconds: 7 * DAY,
      unbondingSeconds: 60 * DAY,
    };
    for (const each of [parameters, least, most]) {
      const { read, randomness, marketplace } = await startCourt(each);
      const { randomness: source, marketplace: served, ...kept } = await read.parameters();
      expect(kept).toEqual(each);
      expect(served).toBe(marketplace);
      expect(source.toLowerCase()).toBe(randomness.address.toLowerCase());
      const seats = BigInt(each.jurySize);
      expect(await read.fee()).toBe(seats * each.seatFeeWei);
      expect(await read.appealFee()).toBe((2n * seats + 1n) * each.seatFeeWei);
    }
  });

  const { ticketWei } = parameters;
  const fifth = (ticketWei * 2000n) / 10_000n;
  it.each<[keyof Parameters, Partial<Parameters>, bigint, bigint]>([
    ["ticketWei", { ticketWei: 10n ** 12n - 1n }, 10n ** 12n, 10n ** 24n],
    ["ticketWei", { ticketWei: 10n ** 24n + 1n }, 10n ** 12n, 10n ** 24n],
    ["seatFeeWei", { seatFeeWei: 0n }, 1n, fifth],
    ["seatFeeWei", { seatFeeWei: fifth + 1n }, 1n, fifth],
    ["seatFeeWei", { seatFeeWei: fifth, noShowSlashBps: 1999 }, 1n, (ticketWei * 1999n) / 10_000n],
    ["jurySize", { jurySize: 1 }, 3n, 7n],
    ["jurySize", { jurySize: 9 }, 3n, 7n],
    ["noShowSlashBps", { noShowSlashBps: 99 }, 100n, 10_000n],
    ["noShowSlashBps", { noShowSlashBps: 10_001 }, 100n, 10_000n],
    ["minoritySlashBps", { minoritySlashBps: 99 }, 100n, 10_000n],
    ["minoritySlashBps", { minoritySlashBps: 10_001 }, 100n, 10_000n],
    ["epochSeconds", { epochSeconds: 59 }, 60n, BigInt(DAY)],
    ["epochSeconds", { epochSeconds: DAY + 1 }, 60n, BigInt(DAY)],
    ["commitSeconds", { commitSeconds: 59 }, 60n, BigInt(7 * DAY)],
    ["commitSeconds", { commitSeconds: 7 * DAY + 1 }, 60n, BigInt(7 * DAY)],
    ["revealSeconds", { revealSeconds: 59 }, 60n, BigInt(7 * DAY)],
    ["revealSeconds", { revealSeconds: 7 * DAY + 1 }, 60n, BigInt(7 * DAY)],
    ["appealSeconds", { appealSeconds: 59 }, 60n, BigInt(7 * DAY)],
    ["appealSeconds", { appealSeconds: 7 * DAY + 1 }, 60n, BigInt(7 * DAY)],
    ["unbondingSeconds", { unbondingSeconds: 7199 }, 7200n, BigInt(60 * DAY)],
    ["unbondingSeconds", { unbondingSeconds: 60 * DAY + 1 }, 7200n, BigInt(60 * DAY)],
  ])("refuses %s in %o", async (name, changes, least, most) => {
    await expectRevert(deploy(changes), "JuryArbiter_OutOfBounds", [
      stringToHex(name, { size: 32 }),
      BigInt(changes[name] ?? 0),
      least,
      most,
    ]);
  });

  it.each([4, 6])("refuses a jury of %s", async (jurySize) => {
    await expectRevert(deploy({ jurySize }), "JuryArbiter_EvenJury", [jurySize]);
  });

  it("refuses a source of randomness, and a marketplace, that is no contract", async () => {
    const { stranger } = court;
    await expectRevert(deploy({ randomness: stranger.address }), "JuryArbiter_NoRandomness", [
      stranger.address,
    ]);
    await expectRevert(deploy({ marketplace: stranger.address }), "JuryArbiter_NoMarketplace", [
      stranger.address,
    ]);
  });
});

it("a plain transfer comes back, with and without data", async () => {
  const wallet = await court.network.viem.getWalletClient(court.stranger.address);
  for (const data of [undefined, "0x12345678"] as const) {
    await expect(
      wallet.sendTransaction({ to: court.address, value: 1n, ...(data && { data }) }),
    ).rejects.toThrow();
  }
});

it("only what is paid for can be paid", async () => {
  const wallet = await court.network.viem.getWalletClient(court.stranger.address);
  const payable = juryArbiterAbi.filter(
    (entry) => entry.type === "function" && entry.stateMutability === "payable",
  );
  expect(payable.map((entry) => ("name" in entry ? entry.name : ""))).toEqual([
    "appeal",
    "deposit",
    "open",
  ]);
  const data = encodeFunctionData({ abi: juryArbiterAbi, functionName: "unbond", args: [1n] });
  await expect(wallet.sendTransaction({ to: court.address, value: 1n, data })).rejects.toThrow();
});

it("has no owner, no proxy, and fits into a block", async () => {
  const code = (await court.client.getCode({ address: court.address })) ?? "0x";
  expect((code.length - 2) / 2).toBeLessThan(24_576);
  const names = juryArbiterAbi.map((entry) => ("name" in entry ? entry.name : ""));
  expect(names.filter((name) => /owner|admin|upgrade|pause|initialize/i.test(name))).toEqual([]);
});
