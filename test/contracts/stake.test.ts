import { zeroAddress } from "viem";
import { beforeEach, describe, expect, it } from "vitest";
import {
  DAY,
  ETHER,
  expectRevert,
  GENESIS,
  type Market,
  spec,
  startMarket,
  termsOf,
} from "./market.ts";

let market: Market;
beforeEach(async () => {
  market = await startMarket();
});

const nobody = {
  stake: 0n,
  locked: 0n,
  score: 0,
  settledBatches: 0,
  slashedBatches: 0,
  expiredBatches: 0,
  unbonding: 0n,
  unbondingReadyAt: 0,
};

/** Locks `stakePerBatch` of the worker: posts a job and claims its first batch. */
async function lockStake(stakePerBatch: bigint): Promise<void> {
  const { requester, worker } = market;
  const terms = termsOf(requester.address, { stakePerBatch, taskCount: 1, batchSize: 1 });
  await requester.write.post([terms, spec], { value: terms.rewardPerTask });
  await worker.write.claim([terms, 0]);
}

describe("deposit", () => {
  it("adds the value to the caller's stake", async () => {
    const { worker, read } = market;
    const { events } = await market.receipt(worker.write.deposit({ value: ETHER }));
    await worker.write.deposit({ value: 7n });

    expect(events).toEqual([
      { eventName: "Deposited", args: { account: worker.address, amount: ETHER } },
    ]);
    expect(await read.account([worker.address])).toEqual({ ...nobody, stake: ETHER + 7n });
    expect(await market.balance()).toBe(ETHER + 7n);
  });

  it("refuses nothing", async () => {
    await expectRevert(market.worker.write.deposit(), "Marketplace_ZeroAmount");
  });

  it("refuses more than a stake can hold, rather than lose some", async () => {
    const { worker, network, read } = market;
    await network.networkHelpers.setBalance(worker.address, 2n ** 97n);
    await worker.write.deposit({ value: 2n ** 96n - 1n });

    await expectRevert(worker.write.deposit({ value: 1n }), "SafeCastOverflowedUintDowncast", [
      96,
      2n ** 96n,
    ]);
    expect((await read.account([worker.address])).stake).toBe(2n ** 96n - 1n);
  });
});

describe("unbond", () => {
  it("moves free stake out and starts the clock", async () => {
    const { worker, read } = market;
    await worker.write.deposit({ value: ETHER });
    await market.at(GENESIS + 1000);
    const { events } = await market.receipt(worker.write.unbond([ETHER / 4n]));

    const readyAt = GENESIS + 1000 + DAY;
    expect(events).toEqual([
      { eventName: "Unbonded", args: { account: worker.address, amount: ETHER / 4n, readyAt } },
    ]);
    expect(await read.account([worker.address])).toEqual({
      ...nobody,
      stake: (ETHER * 3n) / 4n,
      unbonding: ETHER / 4n,
      unbondingReadyAt: readyAt,
    });
  });

  it("starts the clock anew for everything that unbonds", async () => {
    const { worker, read } = market;
    await worker.write.deposit({ value: ETHER });
    await worker.write.unbond([1n]);
    await market.at(GENESIS + DAY);
    await worker.write.unbond([2n]);

    expect(await read.account([worker.address])).toMatchObject({
      unbonding: 3n,
      unbondingReadyAt: GENESIS + 2 * DAY,
    });
  });

  it("leaves locked stake where it is", async () => {
    const { worker } = market;
    await worker.write.deposit({ value: ETHER });
    await lockStake(ETHER - 1n);

    await expectRevert(worker.write.unbond([2n]), "Marketplace_InsufficientStake", [
      worker.address,
      1n,
      2n,
    ]);
    await worker.write.unbond([1n]);
  });

  it("refuses nothing", async () => {
    await expectRevert(market.worker.write.unbond([0n]), "Marketplace_ZeroAmount");
  });
});

describe("rebond", () => {
  it("makes unbonding stake count again, at once", async () => {
    const { worker, read } = market;
    await worker.write.deposit({ value: ETHER });
    await market.at(GENESIS + 50);
    await worker.write.unbond([ETHER]);
    const { events } = await market.receipt(worker.write.rebond([ETHER - 1n]));

    expect(events).toEqual([
      { eventName: "Rebonded", args: { account: worker.address, amount: ETHER - 1n } },
    ]);
    expect(await read.account([worker.address])).toEqual({
      ...nobody,
      stake: ETHER - 1n,
      unbonding: 1n,
      unbondingReadyAt: GENESIS + 50 + DAY,
    });
    await lockStake(ETHER - 1n);
  });

  it("refuses more than is unbonding, and nothing", async () => {
    const { worker } = market;
    await worker.write.deposit({ value: ETHER });
    await worker.write.unbond([5n]);

    await expectRevert(worker.write.rebond([6n]), "Marketplace_InsufficientUnbonding", [
      worker.address,
      5n,
      6n,
    ]);
    await expectRevert(worker.write.rebond([0n]), "Marketplace_ZeroAmount");
  });
});

describe("withdrawStake", () => {
  it("sends what has unbonded, from the very second on, to any address", async () => {
    const { worker, stranger, client, read } = market;
    await worker.write.deposit({ value: ETHER });
    await market.at(GENESIS + 100);
    await worker.write.unbond([ETHER / 2n]);
    const readyAt = GENESIS + 100 + DAY;
    const before = await client.getBalance({ address: stranger.address });

    await market.at(readyAt - 1);
    await expectRevert(
      worker.write.withdrawStake([stranger.address]),
      "Marketplace_StillUnbonding",
      [worker.address, readyAt],
    );
    await market.at(readyAt);
    const { events } = await market.receipt(worker.write.withdrawStake([stranger.address]));

    expect(events).toEqual([
      {
        eventName: "StakeWithdrawn",
        args: { account: worker.address, to: stranger.address, amount: ETHER / 2n },
      },
    ]);
    expect(await client.getBalance({ address: stranger.address })).toBe(before + ETHER / 2n);
    expect(await read.account([worker.address])).toEqual({ ...nobody, stake: ETHER / 2n });
    expect(await market.balance()).toBe(ETHER / 2n);
  });

  it("pays once", async () => {
    const { worker } = market;
    await worker.write.deposit({ value: ETHER });
    await worker.write.unbond([ETHER]);
    await market.at(GENESIS + 2 * DAY);
    await worker.write.withdrawStake([worker.address]);

    await expectRevert(worker.write.withdrawStake([worker.address]), "Marketplace_ZeroAmount");
  });

  it("keeps the stake of an account whose recipient refuses it", async () => {
    const { worker, read, address } = market;
    await worker.write.deposit({ value: ETHER });
    await worker.write.unbond([ETHER]);
    await market.at(GENESIS + 2 * DAY);
    // The Marketplace itself takes no plain transfers.
    await expectRevert(worker.write.withdrawStake([address]), "FailedCall");
    expect((await read.account([worker.address])).unbonding).toBe(ETHER);
  });

  it("burns nothing at the zero address", async () => {
    await expectRevert(
      market.worker.write.withdrawStake([zeroAddress]),
      "Marketplace_ZeroRecipient",
    );
  });
});
