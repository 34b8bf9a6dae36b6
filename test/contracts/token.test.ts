import {
  encodeFunctionData,
  getAddress,
  type Hex,
  keccak256,
  parseAbi,
  stringToHex,
  zeroAddress,
} from "viem";
import { beforeEach, describe, expect, it } from "vitest";
import { marketplaceAbi } from "../../sdk/src/generated/marketplaceAbi.ts";
import {
  cid,
  DAY,
  ETHER,
  expectRevert,
  GENESIS,
  hashTerms,
  JobStatus,
  type Market,
  NOBODY,
  spec,
  startMarket,
  type Terms,
  termsOf,
} from "./market.ts";
import { deployToken, signPermit, type Token, TokenManner } from "./tokens.ts";

let market: Market;
beforeEach(async () => {
  market = await startMarket();
});

const escrowOf = (terms: Terms) => BigInt(terms.taskCount) * terms.rewardPerTask;

/** A job paid in the token, in one batch, settled. */
async function settled(terms: Terms): Promise<void> {
  const { worker, stranger } = market;
  await worker.write.deposit({ value: ETHER });
  await worker.write.claim([terms, 0]);
  await worker.write.submit([
    hashTerms(terms),
    0,
    keccak256(stringToHex("root")),
    cid("results", "dag-cbor"),
  ]);
  await market.at(GENESIS + DAY);
  await stranger.write.settle([terms, [0]]);
}

describe("a job paid in tokens", () => {
  let token: Token;
  let terms: Terms;
  beforeEach(async () => {
    token = await deployToken(market, "PlainToken");
    terms = termsOf(market.requester.address, { token: token.address, batchSize: 10 });
    await token.fund(escrowOf(terms));
  });

  it("takes the escrow, pays the worker in tokens, and touches no coins", async () => {
    const { requester, worker, stranger, read, address } = market;
    const { events } = await market.receipt(requester.write.post([terms, spec]));
    expect(events.map(({ eventName }) => eventName)).toEqual(["JobPosted"]);
    expect(await token.balanceOf(address)).toBe(escrowOf(terms));
    expect(await token.balanceOf(requester.address)).toBe(0n);
    expect(await market.balance()).toBe(0n);

    await settled(terms);
    expect(await read.credit([worker.address, token.address])).toBe(escrowOf(terms));
    expect(await read.credit([worker.address, zeroAddress])).toBe(0n);
    await worker.write.withdraw([token.address, stranger.address]);
    expect(await token.balanceOf(stranger.address)).toBe(escrowOf(terms));
    expect(await token.balanceOf(address)).toBe(0n);
    await expectRevert(
      worker.write.withdraw([token.address, stranger.address]),
      "Marketplace_NoCredit",
      [worker.address, token.address],
    );
  });

  it("refunds in tokens, and takes penalties in coins", async () => {
    const { requester, worker, stranger, read } = market;
    await requester.write.post([terms, spec]);
    await worker.write.deposit({ value: ETHER });
    await worker.write.claim([terms, 0]);
    await market.at(terms.claimUntil + DAY);
    await stranger.write.expire([terms, 0]);
    expect(await read.credit([requester.address, token.address])).toBe(escrowOf(terms));
    expect(await read.credit([NOBODY, zeroAddress])).toBe(terms.stakePerBatch / 5n);
    expect(await read.credit([NOBODY, token.address])).toBe(0n);
    expect(await read.credit([requester.address, zeroAddress])).toBe(0n);
    expect(await read.credit([stranger.address, token.address])).toBe(0n);
    await requester.write.withdraw([token.address, requester.address]);
    expect(await token.balanceOf(requester.address)).toBe(escrowOf(terms));
  });

  it("takes no coins", async () => {
    await expectRevert(
      market.requester.write.post([terms, spec], { value: 1n }),
      "Marketplace_WrongValue",
      [1n, 0n],
    );
  });

  it("needs balance and allowance", async () => {
    const { requester } = market;
    await token.write.approve([market.address, escrowOf(terms) - 1n]);
    await expect(requester.write.post([terms, spec])).rejects.toThrow("ERC20InsufficientAllowance");
    expect(await market.read.job([hashTerms(terms)])).toEqual([JobStatus.none, 0]);
  });

  it("needs a token that is a contract", async () => {
    const { requester, stranger } = market;
    const bare = { ...terms, token: stranger.address };
    await expect(requester.write.post([bare, spec])).rejects.toThrow();
  });
});

describe("postWithPermit", () => {
  let token: Token;
  let terms: Terms;
  const deadline = BigInt(GENESIS + DAY);
  beforeEach(async () => {
    token = await deployToken(market, "PlainToken");
    terms = termsOf(market.requester.address, { token: token.address });
    await token.write.mint([market.requester.address, escrowOf(terms)]);
  });

  it("posts without an approval before", async () => {
    const permit = await signPermit(market, token, escrowOf(terms), deadline);
    await market.requester.write.postWithPermit([terms, spec, permit]);
    expect(await token.balanceOf(market.address)).toBe(escrowOf(terms));
    expect(await market.read.job([hashTerms(terms)])).toEqual([JobStatus.posted, 10]);
  });

  it("posts all the same when somebody has used the permit before", async () => {
    const { requester, stranger, address } = market;
    const permit = await signPermit(market, token, escrowOf(terms), deadline);
    const { r, s, v } = permit;
    const thief = await token.as(stranger);
    await thief.write.permit([requester.address, address, escrowOf(terms), deadline, v, r, s]);
    await requester.write.postWithPermit([terms, spec, permit]);
    expect(await market.read.job([hashTerms(terms)])).toEqual([JobStatus.posted, 10]);
  });

  it("fails with a permit that is no good, and without a token", async () => {
    const { requester } = market;
    const permit = await signPermit(market, token, escrowOf(terms) - 1n, deadline);
    await expect(requester.write.postWithPermit([terms, spec, permit])).rejects.toThrow(
      "ERC20InsufficientAllowance",
    );
    const native = { ...terms, token: zeroAddress };
    await expectRevert(
      requester.write.postWithPermit([native, spec, permit]),
      "Marketplace_WrongEscrow",
      [hashTerms(native), 0n, escrowOf(terms)],
    );
  });

  it("is the requester's own", async () => {
    const { requester, stranger } = market;
    const permit = await signPermit(market, token, escrowOf(terms), deadline);
    await expectRevert(
      stranger.write.postWithPermit([terms, spec, permit]),
      "Marketplace_NotRequester",
      [hashTerms(terms), stranger.address, requester.address],
    );
  });
});

describe("a token that is not as it should be", () => {
  let token: Token;
  let terms: Terms;
  beforeEach(async () => {
    token = await deployToken(market, "HostileToken");
    terms = termsOf(market.requester.address, { token: token.address, batchSize: 10 });
    await token.fund(escrowOf(terms));
  });

  it("may answer nothing", async () => {
    const { requester, worker } = market;
    await token.write.behave([TokenManner.silent]);
    await requester.write.post([terms, spec]);
    await settled(terms);
    await worker.write.withdraw([token.address, worker.address]);
    expect(await token.balanceOf(worker.address)).toBe(escrowOf(terms));
  });

  it.each([
    ["feeOnTransfer", -1n],
    ["bonusOnTransfer", 1n],
    ["lying", -2n],
  ] as const)("is refused when what arrives is not the escrow: %s", async (manner, sign) => {
    const escrow = escrowOf(terms);
    const received = sign === 1n ? escrow + 1n : sign === -1n ? escrow - escrow / 100n : 0n;
    await token.write.behave([TokenManner[manner]]);
    await expectRevert(market.requester.write.post([terms, spec]), "Marketplace_WrongEscrow", [
      hashTerms(terms),
      received,
      escrow,
    ]);
  });

  it("is refused when it says no", async () => {
    await token.write.behave([TokenManner.false]);
    await expectRevert(market.requester.write.post([terms, spec]), "SafeERC20FailedOperation", [
      token.address,
    ]);
  });

  it("keeps the credit while it refuses to pay", async () => {
    const { requester, worker, read } = market;
    await requester.write.post([terms, spec]);
    await settled(terms);
    for (const manner of [TokenManner.reverting, TokenManner.false]) {
      await token.write.behave([manner]);
      await expect(worker.write.withdraw([token.address, worker.address])).rejects.toThrow();
    }
    expect(await read.credit([worker.address, token.address])).toBe(escrowOf(terms));
    await token.write.behave([TokenManner.proper]);
    await worker.write.withdraw([token.address, worker.address]);
  });
});

it("a contract is a requester simply by calling: it posts, cancels and withdraws", async () => {
  const { network, client, stranger, read } = market;
  const account = await network.viem.deployContract("ReentrantRecipient", [market.address], {
    value: ETHER,
  });
  const address = getAddress(account.address);
  const wallet = await network.viem.getWalletClient(stranger.address);
  const call = (data: Hex, value = 0n) =>
    wallet.writeContract({
      address,
      abi: parseAbi(["function forward(uint256 value, bytes data)"]),
      functionName: "forward",
      args: [value, data],
    });
  const terms = termsOf(address);
  await call(
    encodeFunctionData({ abi: marketplaceAbi, functionName: "post", args: [terms, spec] }),
    escrowOf(terms),
  );
  expect(await read.job([hashTerms(terms)])).toEqual([JobStatus.posted, 10]);
  await expectRevert(stranger.write.cancel([terms]), "Marketplace_NotRequester", [
    hashTerms(terms),
    stranger.address,
    terms.requester,
  ]);
  await call(encodeFunctionData({ abi: marketplaceAbi, functionName: "cancel", args: [terms] }));
  expect(await read.credit([address, zeroAddress])).toBe(escrowOf(terms));
  await call(
    encodeFunctionData({
      abi: marketplaceAbi,
      functionName: "withdraw",
      args: [zeroAddress, stranger.address],
    }),
  );
  expect(await client.getBalance({ address: market.address })).toBe(0n);
});
