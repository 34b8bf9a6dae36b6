import { parseEther } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { localParameters } from "../../../../../test/fixtures/chain.ts";
import { startMarket, type TestMarket } from "../../../../../test/fixtures/market.ts";
import { InsufficientStakeError, StillUnbondingError } from "../../../index.ts";

let market: TestMarket;
beforeAll(async () => {
  market = await startMarket();
});
afterAll(() => market[Symbol.asyncDispose]());

const code = (expected: string) => expect.objectContaining({ code: expected });

test("deposit, unbond, rebond and withdrawStake move stake, and tell what they did and cost", async () => {
  const client = market.client(5);
  const address = market.chain.accounts[5]?.address;
  const balance = () => client.public.getBalance({ address: address ?? "0x" });

  const before = await balance();
  const deposited = await client.deposit({ amount: parseEther("3") });
  expect(deposited).toMatchObject({ amount: parseEther("3"), hash: expect.stringMatching(/^0x/) });
  expect(deposited.gasUsed).toBeGreaterThan(21_000n);
  expect(before - (await balance())).toBe(parseEther("3") + deposited.feeWei);
  expect(await client.getAccount()).toEqual({
    stake: parseEther("3"),
    locked: 0n,
    free: parseEther("3"),
    unbonding: 0n,
    unbondingReadyAt: 0,
    score: 0,
    settledBatches: 0,
    slashedBatches: 0,
    expiredBatches: 0,
  });

  const { readyAt } = await client.unbond({ amount: parseEther("2") });
  expect(readyAt).toBe((await market.chain.now()) + localParameters.unbondingSeconds);
  expect((await client.rebond({ amount: parseEther("0.5") })).amount).toBe(parseEther("0.5"));
  expect(await client.getAccount()).toMatchObject({
    stake: parseEther("1.5"),
    unbonding: parseEther("1.5"),
    unbondingReadyAt: readyAt,
  });

  await expect(client.withdrawStake()).rejects.toThrow(StillUnbondingError);
  await market.chain.increaseTime(localParameters.unbondingSeconds);
  const other = market.chain.accounts[6]?.address;
  const otherBefore = await client.public.getBalance({ address: other ?? "0x" });
  expect((await client.withdrawStake({ to: other })).amount).toBe(parseEther("1.5"));
  const otherAfter = await client.public.getBalance({ address: other ?? "0x" });
  expect(otherAfter - otherBefore).toBe(parseEther("1.5"));
  expect(await market.requester.getAccount({ account: address })).toMatchObject({
    stake: parseEther("1.5"),
    unbonding: 0n,
  });
});

test("what the Marketplace refuses is a typed error, and costs nothing", async () => {
  const client = market.client(7);
  const address = market.chain.accounts[7]?.address ?? "0x";
  const before = await client.public.getBalance({ address });
  const error = await client.unbond({ amount: 7n }).catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(InsufficientStakeError);
  expect(error).toMatchObject({
    code: "Marketplace_InsufficientStake",
    retryable: false,
    args: { account: address, free: 0n, needed: 7n },
    transaction: undefined,
  });
  await expect(client.deposit({ amount: 0n })).rejects.toThrow(code("Marketplace_ZeroAmount"));
  await expect(client.rebond({ amount: 1n })).rejects.toThrow(
    code("Marketplace_InsufficientUnbonding"),
  );
  await expect(client.withdraw()).rejects.toThrow(code("Marketplace_NoCredit"));
  await expect(
    client.withdraw({ to: "0x0000000000000000000000000000000000000000" }),
  ).rejects.toThrow(code("Marketplace_ZeroRecipient"));
  expect(await client.public.getBalance({ address })).toBe(before);
});

test("who has not the money is told how much is missing, in ether", async () => {
  const client = market.client(8);
  await expect(client.deposit({ amount: parseEther("20000") })).rejects.toThrow(
    expect.objectContaining({
      code: "INSUFFICIENT_BALANCE",
      needed: parseEther("20000"),
      message: expect.stringMatching(/has 10000 ether and needs 20000 ether/),
    }),
  );
});

test("a client without an account reads, and says so when it is to write", async () => {
  const client = market.client(0, { account: undefined });
  expect(await client.getParameters()).toEqual(localParameters);
  expect(await client.getBalance()).toBeGreaterThan(0n);
  expect(await client.getCredit({ account: market.chain.accounts[1]?.address })).toBe(0n);
  for (const write of [
    () => client.deposit({ amount: 1n }),
    () => client.withdraw(),
    () => client.withdrawStake(),
    () => client.getAccount(),
    () => client.getCredit(),
    () => client.submitJob({ program: new Uint8Array(), inputs: [], rewardPerTask: 1n }),
  ]) {
    await expect(write()).rejects.toThrow(code("ACCOUNT_REQUIRED"));
  }
});

test("a signal that is aborted stops reads and writes", async () => {
  const signal = AbortSignal.abort(new Error("enough"));
  const client = market.client(5);
  await expect(client.getParameters({ signal })).rejects.toThrow("enough");
  await expect(client.deposit({ amount: 1n, signal })).rejects.toThrow("enough");
});
