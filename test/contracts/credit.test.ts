import {
  encodeFunctionData,
  getContract,
  type Hex,
  parseAbi,
  toFunctionSelector,
  zeroAddress,
} from "viem";
import { beforeEach, describe, expect, it } from "vitest";
import { marketplaceAbi } from "../../sdk/src/generated/marketplaceAbi.ts";
import {
  DAY,
  ETHER,
  expectRevert,
  GENESIS,
  hashTerms,
  JobStatus,
  type Market,
  spec,
  startMarket,
  termsOf,
} from "./market.ts";
import { deployToken, TokenManner } from "./tokens.ts";

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

describe("addCredit", () => {
  const credit = (owner: Hex, token: Hex = zeroAddress) => market.read.credit([owner, token]);

  it("adds the value sent to anybody's credit", async () => {
    const { requester, stranger } = market;
    const { events } = await market.receipt(
      stranger.write.addCredit([requester.address, zeroAddress, 7n], { value: 7n }),
    );
    await requester.write.addCredit([requester.address, zeroAddress, 2n], { value: 2n });
    expect(events).toEqual([
      {
        eventName: "CreditAdded",
        args: {
          account: requester.address,
          token: zeroAddress,
          from: stranger.address,
          amount: 7n,
        },
      },
    ]);
    expect(await credit(requester.address)).toBe(9n);
    expect(await credit(stranger.address)).toBe(0n);
    expect(await market.balance()).toBe(9n);
  });

  it("takes the value to the wei, some, and for somebody", async () => {
    const { requester } = market;
    for (const value of [6n, 8n]) {
      await expectRevert(
        requester.write.addCredit([requester.address, zeroAddress, 7n], { value }),
        "Marketplace_WrongValue",
        [value, 7n],
      );
    }
    await expectRevert(
      requester.write.addCredit([requester.address, zeroAddress, 0n]),
      "Marketplace_ZeroAmount",
    );
    await expectRevert(
      requester.write.addCredit([zeroAddress, zeroAddress, 7n], { value: 7n }),
      "Marketplace_ZeroRecipient",
    );
  });

  it("takes tokens from the caller, which pay for jobs then", async () => {
    const { requester, worker, read } = market;
    const token = await deployToken(market, "PlainToken");
    const terms = termsOf(worker.address, { token: token.address });
    const escrow = terms.rewardPerTask * 10n;
    await token.fund(escrow);
    const { events } = await market.receipt(
      requester.write.addCredit([worker.address, token.address, escrow]),
    );
    expect(events).toEqual([
      {
        eventName: "CreditAdded",
        args: {
          account: worker.address,
          token: token.address,
          from: requester.address,
          amount: escrow,
        },
      },
    ]);
    expect(await token.balanceOf(market.address)).toBe(escrow);
    expect(await credit(worker.address, token.address)).toBe(escrow);
    expect(await credit(worker.address)).toBe(0n);
    await worker.write.postFromCredit([terms, spec]);
    expect(await read.job([hashTerms(terms)])).toEqual([JobStatus.posted, 10]);
    expect(await credit(worker.address, token.address)).toBe(0n);
  });

  it("takes no coins with tokens, and no tokens without leave", async () => {
    const { requester, stranger } = market;
    const token = await deployToken(market, "PlainToken");
    await token.fund(5n);
    await expectRevert(
      requester.write.addCredit([requester.address, token.address, 5n], { value: 1n }),
      "Marketplace_WrongValue",
      [1n, 0n],
    );
    await expect(stranger.write.addCredit([stranger.address, token.address, 5n])).rejects.toThrow(
      "ERC20InsufficientAllowance",
    );
    await expectRevert(
      requester.write.addCredit([requester.address, token.address, 0n]),
      "Marketplace_ZeroAmount",
    );
  });

  it("credits what arrives: less of a token that takes a fee, nothing of one that lies", async () => {
    const { requester } = market;
    const token = await deployToken(market, "HostileToken");
    await token.fund(3000n);
    const add = () => requester.write.addCredit([requester.address, token.address, 1000n]);
    await token.write.behave([TokenManner.feeOnTransfer]);
    const { events } = await market.receipt(add());
    expect(events[0]?.args).toMatchObject({ amount: 990n });
    expect(await credit(requester.address, token.address)).toBe(990n);
    await token.write.behave([TokenManner.lying]);
    await expectRevert(add(), "Marketplace_ZeroAmount");
    await token.write.behave([TokenManner.false]);
    await expectRevert(add(), "SafeERC20FailedOperation", [token.address]);
    expect(await credit(requester.address, token.address)).toBe(990n);
  });

  it("credits one transfer once, though the token calls back meanwhile", async () => {
    const { requester } = market;
    const token = await deployToken(market, "HostileToken");
    await token.fund(1000n);
    await token.write.behave([TokenManner.callingBack]);
    await token.write.callBack([
      market.address,
      encodeFunctionData({
        abi: marketplaceAbi,
        functionName: "addCredit",
        args: [requester.address, token.address, 0n],
      }),
    ]);
    await requester.write.addCredit([requester.address, token.address, 1000n]);
    expect(await token.read.calledBack()).toBe(false);
    expect(await token.read.answer()).toBe(toFunctionSelector("ReentrancyGuardReentrantCall()"));
    expect(await credit(requester.address, token.address)).toBe(1000n);
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
