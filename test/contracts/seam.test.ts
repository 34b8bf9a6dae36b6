/** Calls in another's name inside each other, and hostile code that is called while one is under way. */
import { getAddress, getContract, type Hex, parseAbi, zeroAddress } from "viem";
import { beforeEach, describe, expect, it } from "vitest";
import {
  type Actor,
  ETHER,
  expectRevert,
  GENESIS,
  hashTerms,
  JobStatus,
  type Market,
  spec,
  startMarket,
  type Terms,
  termsOf,
} from "./market.ts";
import { ALL_RIGHTS, bring, encode, FOREVER, Right, signCall } from "./seam.ts";
import { deployToken, type Token, TokenManner } from "./tokens.ts";

let market: Market;
/** In whose name calls are made. */
let account: Actor;
/** May make them. */
let operator: Actor;
/** Brings what others signed. */
let relayer: Actor;
beforeEach(async () => {
  market = await startMarket();
  [account, operator, relayer] = [market.requester, market.rival, market.stranger];
});

const stakeOf = async (owner: Hex) => (await market.read.account([owner])).stake;

describe("calls inside calls", () => {
  it("an operator signs what it does for an account: rights are asked of it, and the value goes through", async () => {
    const data = encode("callFor", [account.address, encode("deposit", [])]);
    await expectRevert(
      bring(market, operator, relayer, data, { value: 3n }),
      "Marketplace_NoRight",
      [account.address, operator.address, Right.stake],
    );
    await account.write.setRights([operator.address, Right.stake]);
    await bring(market, operator, relayer, data, { value: 3n });
    expect(await stakeOf(account.address)).toBe(3n);
    // The right is the operator's, not that of whoever brings its signature.
    await expectRevert(
      relayer.write.callFor([account.address, encode("deposit", [])], { value: 3n }),
      "Marketplace_NoRight",
      [account.address, relayer.address, Right.stake],
    );
  });

  it("what one signed may bring what another signed, which acts for that other", async () => {
    const inner = {
      account: account.address,
      data: encode("deposit", []),
      value: 4n,
      nonce: 0n,
      deadline: FOREVER,
    };
    const signature = await signCall(market, account, inner);
    await bring(market, operator, relayer, encode("callSigned", [inner, signature]), {
      value: 4n,
    });
    expect(await stakeOf(account.address)).toBe(4n);
    expect(await stakeOf(operator.address)).toBe(0n);
    expect(await market.read.nonces([operator.address, 0n])).toBe(1n);
    expect(await market.read.nonces([account.address, 0n])).toBe(1n);
  });

  it("an account cannot use a nonce up inside the call that it is for", async () => {
    const { read } = market;
    await bring(market, account, relayer, encode("useNonces", [0n, 1n]));
    expect(await read.nonces([account.address, 0n])).toBe(1n);
  });
});

describe("a hostile token, called while its requester is acted for,", () => {
  let token: Token;
  let terms: Terms;
  let escrow: bigint;
  beforeEach(async () => {
    token = await deployToken(market, "HostileToken");
    terms = termsOf(account.address, { token: token.address });
    escrow = terms.rewardPerTask * 10n;
    await token.fund(escrow);
    await token.write.behave([TokenManner.callingBack]);
    await account.write.deposit({ value: ETHER });
    await account.write.setRights([operator.address, ALL_RIGHTS]);
  });

  /** Posts in the account's name; the token makes its call meanwhile. */
  async function during(payload: Hex) {
    await token.write.callBack([market.address, payload]);
    const { events } = await market.receipt(
      operator.write.callFor([account.address, encode("post", [terms, spec])]),
    );
    expect(await market.read.job([hashTerms(terms)])).toEqual([JobStatus.posted, 10]);
    return { events, went: await token.read.calledBack() };
  }

  it("acts for itself alone: rights that it gives are its own to give", async () => {
    const { events, went } = await during(encode("setRights", [relayer.address, ALL_RIGHTS]));
    expect(went).toBe(true);
    expect(events.find(({ eventName }) => eventName === "RightsSet")?.args).toEqual({
      account: getAddress(token.address),
      operator: relayer.address,
      rights: ALL_RIGHTS,
    });
    expect(await market.read.rightsOf([account.address, relayer.address])).toBe(0n);
    expect(await market.read.rightsOf([operator.address, relayer.address])).toBe(0n);
  });

  it("cannot touch the stake of the account or the operator", async () => {
    for (const victim of [account, operator]) {
      await operator.write.deposit({ value: 1n });
      const before = await stakeOf(victim.address);
      await token.write.mint([account.address, escrow]);
      await token.write.approve([market.address, escrow]);
      terms = { ...terms, salt: terms.salt + 1n };
      const { went } = await during(encode("callFor", [victim.address, encode("unbond", [1n])]));
      expect(went).toBe(false);
      expect(await stakeOf(victim.address)).toBe(before);
    }
    expect(await market.read.account([token.address])).toMatchObject({ stake: 0n, unbonding: 0n });
  });

  it("cannot pay itself out, in nobody's name: the guard is held", async () => {
    for (const payload of [
      encode("withdraw", [zeroAddress, token.address]),
      encode("callFor", [account.address, encode("withdraw", [zeroAddress, token.address])]),
    ]) {
      const { went } = await during(payload);
      expect(went).toBe(false);
      await token.write.mint([account.address, escrow]);
      await token.write.approve([market.address, escrow]);
      terms = { ...terms, salt: terms.salt + 1n };
    }
  });

  it("may bring what somebody else signed, and then the account is acted for as before", async () => {
    const call = {
      account: operator.address,
      data: encode("setRights", [relayer.address, Right.work]),
      value: 0n,
      nonce: 5n,
      deadline: FOREVER,
    };
    const signature = await signCall(market, operator, call);
    const { events, went } = await during(encode("callSigned", [call, signature]));
    expect(went).toBe(true);
    expect(await market.read.rightsOf([operator.address, relayer.address])).toBe(Right.work);
    expect(events.map(({ eventName }) => eventName)).toEqual(["JobPosted", "RightsSet"]);
    expect(await token.balanceOf(market.address)).toBe(escrow);
  });
});

describe("a hostile recipient, called while its account is acted for,", () => {
  const abi = parseAbi([
    "function callBack(address target, bytes payload)",
    "function called() view returns (bool)",
  ]);
  async function hostile() {
    const { address } = await market.network.viem.deployContract("SmartAccount", [relayer.address]);
    const wallet = await market.network.viem.getWalletClient(relayer.address);
    const client = { public: market.client, wallet };
    return { address: getAddress(address), contract: getContract({ abi, address, client }) };
  }

  it("takes no more than it is sent, and acts for itself alone", async () => {
    const { address, contract } = await hostile();
    await market.requester.write.addCredit([account.address, zeroAddress, 10n], { value: 10n });
    await account.write.setRights([operator.address, Right.payout]);
    for (const [i, payload] of [
      encode("withdraw", [zeroAddress, address]),
      encode("callFor", [account.address, encode("withdraw", [zeroAddress, address])]),
      encode("setRights", [relayer.address, ALL_RIGHTS]),
    ].entries()) {
      await contract.write.callBack([market.address, payload]);
      if (i > 0) await account.write.addCredit([account.address, zeroAddress, 10n], { value: 10n });
      await operator.write.callFor([account.address, encode("withdraw", [zeroAddress, address])]);
      expect(await contract.read.called(), `payload ${i}`).toBe(i === 2);
      expect(await market.client.getBalance({ address })).toBe(10n * BigInt(i + 1));
    }
    expect(await market.read.rightsOf([account.address, relayer.address])).toBe(0n);
    expect(await market.read.rightsOf([address, relayer.address])).toBe(ALL_RIGHTS);
    expect(await market.balance()).toBe(0n);
  });

  it("cannot have the same signature used again inside its own use", async () => {
    const { address, contract } = await hostile();
    await account.write.deposit({ value: 10n });
    await account.write.unbond([10n]);
    await market.at(GENESIS + 100_000);
    const call = {
      account: account.address,
      data: encode("withdrawStake", [address]),
      value: 0n,
      nonce: 0n,
      deadline: FOREVER,
    };
    const signature = await signCall(market, account, call);
    await contract.write.callBack([market.address, encode("callSigned", [call, signature])]);
    await relayer.write.callSigned([call, signature]);
    expect(await contract.read.called()).toBe(false);
    expect(await market.client.getBalance({ address })).toBe(10n);
    expect(await market.balance()).toBe(0n);
  });
});
