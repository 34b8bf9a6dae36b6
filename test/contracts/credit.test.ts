import { encodeFunctionData, getContract, type Hex, parseAbi, zeroAddress } from "viem";
import { beforeEach, describe, expect, it } from "vitest";
import { marketplaceAbi } from "../../sdk/src/generated/marketplaceAbi.ts";
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

/** Ten tasks' escrow, cancelled: the requester's credit. */
async function earnCredit(): Promise<bigint> {
  const { requester } = market;
  const terms = termsOf(requester.address);
  const escrow = terms.rewardPerTask * 10n;
  await requester.write.post([terms, spec], { value: escrow });
  await requester.write.cancel([terms]);
  return escrow;
}

describe("withdraw", () => {
  it("sends all credit to any address, once", async () => {
    const { requester, stranger, client, read } = market;
    const credit = await earnCredit();
    const before = await client.getBalance({ address: stranger.address });
    const { events } = await market.receipt(
      requester.write.withdraw([zeroAddress, stranger.address]),
    );

    expect(events).toEqual([
      {
        eventName: "CreditWithdrawn",
        args: {
          account: requester.address,
          token: zeroAddress,
          to: stranger.address,
          amount: credit,
        },
      },
    ]);
    expect(await client.getBalance({ address: stranger.address })).toBe(before + credit);
    expect(await read.credit([requester.address, zeroAddress])).toBe(0n);
    expect(await market.balance()).toBe(0n);
    await expectRevert(
      requester.write.withdraw([zeroAddress, stranger.address]),
      "Marketplace_NoCredit",
      [requester.address, zeroAddress],
    );
  });

  it("knows no other coin, so far", async () => {
    const { requester, stranger } = market;
    await earnCredit();
    await expectRevert(
      requester.write.withdraw([stranger.address, requester.address]),
      "Marketplace_NoCredit",
      [requester.address, stranger.address],
    );
  });

  it("burns nothing at the zero address", async () => {
    await earnCredit();
    await expectRevert(
      market.requester.write.withdraw([zeroAddress, zeroAddress]),
      "Marketplace_ZeroRecipient",
    );
  });

  it("keeps the credit of an account whose recipient refuses it", async () => {
    const { requester, read, address } = market;
    const credit = await earnCredit();
    // The Marketplace itself takes no plain transfers.
    await expectRevert(requester.write.withdraw([zeroAddress, address]), "FailedCall");
    expect(await read.credit([requester.address, zeroAddress])).toBe(credit);
  });
});

it("a recipient that calls back gets nothing twice, and finds the books already right", async () => {
  const { network, address: marketplace, client } = market;
  const { address } = await network.viem.deployContract("ReentrantRecipient", [marketplace], {
    value: ETHER,
  });
  const abi = parseAbi([
    "function forward(uint256 value, bytes data)",
    "function arrivals() view returns (uint256)",
    "function refusals() view returns (uint256)",
    "function owedDuringWithdraw() view returns (uint256)",
    "function owedDuringWithdrawStake() view returns (uint256)",
  ]);
  const wallet = await network.viem.getWalletClient(market.stranger.address);
  const recipient = getContract({ abi, address, client: { public: client, wallet } });
  const call = (data: Hex, value = 0n) => recipient.write.forward([value, data]);
  const terms = termsOf(address);
  const encode = { abi: marketplaceAbi } as const;

  // It has credit and unbonded stake at once.
  await call(
    encodeFunctionData({ ...encode, functionName: "post", args: [terms, spec] }),
    terms.rewardPerTask * 10n,
  );
  await call(encodeFunctionData({ ...encode, functionName: "cancel", args: [terms] }));
  await call(encodeFunctionData({ ...encode, functionName: "deposit" }), 1000n);
  await call(encodeFunctionData({ ...encode, functionName: "unbond", args: [1000n] }));
  await market.at(GENESIS + 2 * DAY);
  await call(
    encodeFunctionData({ ...encode, functionName: "withdraw", args: [zeroAddress, address] }),
  );
  await call(encodeFunctionData({ ...encode, functionName: "withdrawStake", args: [address] }));

  expect(await recipient.read.arrivals()).toBe(2n);
  expect(await recipient.read.refusals()).toBe(4n);
  expect(await recipient.read.owedDuringWithdraw()).toBe(0n);
  expect(await recipient.read.owedDuringWithdrawStake()).toBe(0n);
  expect(await client.getBalance({ address })).toBe(ETHER);
  expect(await market.balance()).toBe(0n);
});
