import {
  decodeAbiParameters,
  getAddress,
  type Hex,
  hexToBigInt,
  numberToHex,
  zeroAddress,
} from "viem";
import { beforeEach, describe, expect, it } from "vitest";
import { marketplaceAbi } from "../../sdk/src/generated/marketplaceAbi.ts";
import {
  type Actor,
  DAY,
  deployMarketplace,
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
import { bring, encode, FOREVER, type SignedCall, signCall } from "./seam.ts";
import { deployToken, signPermit } from "./tokens.ts";

let market: Market;
let account: Actor;
let relayer: Actor;
beforeEach(async () => {
  market = await startMarket();
  [account, relayer] = [market.worker, market.stranger];
});

const DEPOSIT = encode("deposit", []);
const callOf = (changes: Partial<SignedCall> = {}): SignedCall => ({
  account: account.address,
  data: DEPOSIT,
  value: 1n,
  nonce: 0n,
  deadline: FOREVER,
  ...changes,
});
const stakeOf = async (owner: Hex) => (await market.read.account([owner])).stake;

/** Has somebody else bring the call, with what it takes. */
const send = (call: SignedCall, signature: Hex) =>
  relayer.write.callSigned([call, signature], { value: call.value });
const wrong = (call: SignedCall, signature: Hex) =>
  expectRevert(send(call, signature), "Marketplace_WrongSignature", [getAddress(call.account)]);

describe("callSigned", () => {
  it("makes the call in the name of who signed it, whoever brings it", async () => {
    const call = callOf({ value: 5n });
    const { events } = await market.receipt(
      relayer.write.callSigned([call, await signCall(market, account, call)], { value: 5n }),
    );
    expect(events).toEqual([
      { eventName: "Deposited", args: { account: account.address, amount: 5n } },
    ]);
    expect(await stakeOf(account.address)).toBe(5n);
    expect(await stakeOf(relayer.address)).toBe(0n);
  });

  it("returns what the call does", async () => {
    const terms = termsOf(account.address);
    const value = terms.rewardPerTask * 10n;
    const call = callOf({ data: encode("post", [terms, spec]), value });
    const { result } = await market.client.simulateContract({
      abi: marketplaceAbi,
      address: market.address,
      functionName: "callSigned",
      args: [call, await signCall(market, account, call)],
      account: relayer.address,
      value,
    });
    expect(decodeAbiParameters([{ type: "bytes32" }], result)).toEqual([hashTerms(terms)]);
  });

  it("needs no gas and no coins of a requester that pays in tokens: a relayer posts for it", async () => {
    const { requester, read, client } = market;
    const token = await deployToken(market, "PlainToken");
    const terms = termsOf(requester.address, { token: token.address });
    const escrow = terms.rewardPerTask * 10n;
    await token.write.mint([requester.address, escrow]);
    const permit = await signPermit(market, token, escrow, BigInt(GENESIS + DAY));
    const before = await client.getBalance({ address: requester.address });
    const data = encode("postWithPermit", [terms, spec, permit]);
    await bring(market, requester, relayer, data);
    expect(await read.job([hashTerms(terms)])).toEqual([JobStatus.posted, 10]);
    expect(await token.balanceOf(market.address)).toBe(escrow);
    expect(await client.getBalance({ address: requester.address })).toBe(before);

    await bring(market, requester, relayer, encode("cancel", [terms]), { nonce: 1n });
    await bring(
      market,
      requester,
      relayer,
      encode("withdraw", [token.address, requester.address]),
      { nonce: 2n },
    );
    expect(await token.balanceOf(requester.address)).toBe(escrow);
    expect(await client.getBalance({ address: requester.address })).toBe(before);
  });

  it("is for every call of an account, those that no operator can make too", async () => {
    const { read } = market;
    await bring(market, account, relayer, encode("setRights", [relayer.address, 2n]));
    expect(await read.rightsOf([account.address, relayer.address])).toBe(2n);
    await bring(market, account, relayer, encode("useNonces", [0n, 2n]), { nonce: 9n });
    expect(await read.nonces([account.address, 0n])).toBe((1n << 9n) | 3n);
  });

  it("reverts with the call's own error, and then has used no nonce", async () => {
    const { read } = market;
    await expectRevert(
      bring(market, account, relayer, encode("unbond", [1n])),
      "Marketplace_InsufficientStake",
      [account.address, 0n, 1n],
    );
    for (const data of [encode("unbond", [1n]), "0x", "0x12345678"] as const) {
      await expectRevert(bring(market, account, relayer, data, { value: 1n }), "FailedCall");
    }
    expect(await read.nonces([account.address, 0n])).toBe(0n);
    expect(await market.balance()).toBe(0n);
  });
});

describe("a signature", () => {
  it("is good until its deadline, that second included", async () => {
    const deadline = BigInt(GENESIS + 1000);
    const [first, second] = [callOf({ deadline }), callOf({ deadline, nonce: 1n })];
    await market.at(GENESIS + 1000);
    await send(first, await signCall(market, account, first));
    await market.at(GENESIS + 1001);
    await expectRevert(
      send(second, await signCall(market, account, second)),
      "Marketplace_SignatureExpired",
      [account.address, deadline],
    );
  });

  it("comes with the value that was signed, or uses up nothing", async () => {
    const call = callOf({ value: 5n });
    const signature = await signCall(market, account, call);
    for (const value of [0n, 4n, 6n]) {
      await expectRevert(
        relayer.write.callSigned([call, signature], { value }),
        "Marketplace_WrongValue",
        [value, 5n],
      );
    }
    await send(call, signature);
    expect(await stakeOf(account.address)).toBe(5n);
  });

  it("is good once", async () => {
    const call = callOf({ nonce: 3n });
    const signature = await signCall(market, account, call);
    await send(call, signature);
    await expectRevert(send(call, signature), "Marketplace_NonceUsed", [account.address, 3n]);
    // Another call with that nonce comes too late as well.
    const other = callOf({ nonce: 3n, data: encode("unbond", [1n]) });
    await expectRevert(
      send(other, await signCall(market, account, other)),
      "Marketplace_NonceUsed",
      [account.address, 3n],
    );
    expect(await stakeOf(account.address)).toBe(1n);
  });

  it("is of this call: nothing of it can be changed", async () => {
    const call = callOf({ deadline: BigInt(GENESIS + 1000) });
    const signature = await signCall(market, account, call);
    for (const changes of [
      { account: market.rival.address },
      { data: encode("unbond", [1n]) },
      { data: `${DEPOSIT}00` },
      { nonce: 1n },
      { value: 2n },
      { deadline: call.deadline + 1n },
    ] as const) {
      await wrong({ ...call, ...changes }, signature);
    }
    await send(call, signature);
  });

  it("is of this contract, on this chain, in this version", async () => {
    const call = callOf();
    const { address } = await deployMarketplace(market.network.viem);
    for (const domain of [
      { chainId: 1 },
      { verifyingContract: address },
      { name: "Assay" },
      { version: "2" },
      { salt: numberToHex(0n, { size: 32 }) },
    ]) {
      await wrong(call, await signCall(market, account, call, domain));
    }
    await send(call, await signCall(market, account, call));
  });

  it("is the account's, as it was made: not another's, and no second form of it", async () => {
    const call = callOf();
    const signature = await signCall(market, account, call);
    await wrong(call, await signCall(market, relayer, call));
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const [r, s, v] = [signature.slice(2, 66), signature.slice(66, 130), signature.slice(130)];
    const flipped = numberToHex(order - hexToBigInt(`0x${s}`), { size: 32 }).slice(2);
    const bit = BigInt(Number.parseInt(v, 16) - 27) << 255n;
    const compact = numberToHex(hexToBigInt(`0x${s}`) | bit, { size: 32 }).slice(2);
    for (const other of [
      `0x${r}${flipped}${v === "1b" ? "1c" : "1b"}`,
      `0x${r}${flipped}${v}`,
      `0x${r}${s}${v === "1b" ? "1c" : "1b"}`,
      `0x${r}${s}${v === "1b" ? "00" : "01"}`,
      `0x${r}${compact}`,
      `${signature}00`,
      "0x",
    ] as Hex[]) {
      await wrong(call, other);
    }
    await send(call, signature);
  });

  it("is none of an account that nobody has the key of, and no code", async () => {
    // Recovering from nonsense gives the zero address; the identity precompile (4) answers what it is asked.
    for (const nobody of [zeroAddress, "0x0000000000000000000000000000000000000004"] as const) {
      for (const signature of ["0x", `0x${"00".repeat(65)}`] as const) {
        await wrong(callOf({ account: nobody }), signature);
      }
    }
    await wrong(callOf({ account: market.address }), "0x");
  });
});

describe("an account that is a contract", () => {
  let address: Hex;
  const abi = [
    {
      type: "function",
      name: "hand",
      inputs: [{ type: "address" }],
      outputs: [],
      stateMutability: "nonpayable",
    },
  ] as const;
  beforeEach(async () => {
    const { viem } = market.network;
    const deployed = await viem.deployContract("SmartAccount", [account.address]);
    address = getAddress(deployed.address);
  });

  it("signs by ERC-1271: by its owner's key, as long as that is its owner", async () => {
    const { viem } = market.network;
    const call = callOf({ account: address });
    await wrong(call, await signCall(market, relayer, call));
    await send(call, await signCall(market, account, call));
    expect(await stakeOf(address)).toBe(1n);
    expect(await stakeOf(account.address)).toBe(0n);

    const wallet = await viem.getWalletClient(relayer.address);
    await wallet.writeContract({ address, abi, functionName: "hand", args: [relayer.address] });
    const next = callOf({ account: address, nonce: 1n });
    await wrong(next, await signCall(market, account, next));
    await send(next, await signCall(market, relayer, next));
  });

  it("has nonces of its own: what its owner signed for itself is not signed for it", async () => {
    const own = callOf();
    await wrong({ ...own, account: address }, await signCall(market, account, own));
    const its = callOf({ account: address });
    await send(its, await signCall(market, account, its));
    await send(own, await signCall(market, account, own));
    await expectRevert(send(its, await signCall(market, account, its)), "Marketplace_NonceUsed", [
      address,
      0n,
    ]);
  });

  it("is asked, and refused if it has no answer", async () => {
    for (const contract of [market.address, (await deployToken(market, "PlainToken")).address]) {
      const call = callOf({ account: contract });
      await wrong(call, await signCall(market, account, call));
    }
  });
});

describe("nonces", () => {
  it("are bits, in any order, up to the last", async () => {
    const { read } = market;
    const last = 2n ** 256n - 1n;
    for (const nonce of [300n, 0n, 255n, 256n, last]) {
      await bring(market, account, relayer, DEPOSIT, { nonce, value: 1n });
    }
    expect(await read.nonces([account.address, 0n])).toBe(1n | (1n << 255n));
    expect(await read.nonces([account.address, 1n])).toBe(1n | (1n << 44n));
    expect(await read.nonces([account.address, last >> 8n])).toBe(1n << 255n);
    expect(await read.nonces([relayer.address, 0n])).toBe(0n);
    expect(await stakeOf(account.address)).toBe(5n);
  });

  it("are each account's own", async () => {
    await bring(market, account, relayer, DEPOSIT, { value: 1n });
    await bring(market, market.rival, relayer, DEPOSIT, { value: 1n });
    expect(await stakeOf(market.rival.address)).toBe(1n);
  });

  it("can be ruled out, for good and beside those that are", async () => {
    const { read } = market;
    const mask = (1n << 7n) | (1n << 200n);
    const { events } = await market.receipt(account.write.useNonces([2n, mask]));
    expect(events).toEqual([
      { eventName: "NoncesUsed", args: { account: account.address, word: 2n, mask } },
    ]);
    await account.write.useNonces([2n, 1n]);
    expect(await read.nonces([account.address, 2n])).toBe(mask | 1n);
    for (const nonce of [512n, 519n, 712n]) {
      await expectRevert(
        bring(market, account, relayer, DEPOSIT, { nonce, value: 1n }),
        "Marketplace_NonceUsed",
        [account.address, nonce],
      );
    }
    await bring(market, account, relayer, DEPOSIT, { nonce: 520n, value: ETHER });
    expect(await read.nonces([relayer.address, 2n])).toBe(0n);
  });
});
