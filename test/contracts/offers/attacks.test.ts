/** What somebody could try with an offer that another has signed. Every attack fails. */
import {
  encodeFunctionData,
  getAddress,
  type Hex,
  hexToBigInt,
  keccak256,
  numberToHex,
  parseAbi,
  zeroAddress,
  zeroHash,
} from "viem";
import { beforeEach, describe, expect, it } from "vitest";
import { marketplaceAbi } from "../../../sdk/src/generated/marketplaceAbi.ts";
import {
  bindRoot,
  bytesToHex,
  encodePermission,
  merkleProof,
  merkleRoot,
  type Offer,
  resultLeaf,
  type SignedOffer,
} from "../../../sdk/src/index.ts";
import {
  BatchStatus,
  commitmentOf,
  deployArbiter,
  ETHER,
  GENESIS,
  Ground,
  hashTerms,
} from "../market.ts";
import { bring, encode, Right, signCall } from "../seam.ts";
import { deployToken, TokenManner } from "../tokens.ts";
import {
  claimArgs,
  expectOffersRevert,
  fulfilArgs,
  type OfferMarket,
  offerOf,
  postArgs,
  REWARD,
  startOffers,
  takeArgs,
  UNTIL,
} from "./offers.ts";

let market: OfferMarket;
let signed: SignedOffer;
beforeEach(async () => {
  market = await startOffers();
  signed = await market.signOffer(offer());
});

const offer = (changes: Parameters<typeof offerOf>[1] = {}): Offer =>
  offerOf(market.requester.address, changes);
const spent = async () =>
  100n * ETHER - (await market.read.credit([market.requester.address, zeroAddress]));
const wrongSignature = (call: Promise<unknown>, { offer: about }: SignedOffer) =>
  expectOffersRevert(call, "Offers_WrongSignature", [
    market.requester.address,
    market.digestOf(about),
  ]);

describe("a signature", () => {
  it("for another deployment is good for nothing here", async () => {
    const elsewhere = await market.signOffer(signed.offer, market.requester, {
      offers: market.address,
    });
    await wrongSignature(market.worker.write.take(takeArgs(market, elsewhere)), elsewhere);
  });

  it("for another chain is good for nothing here", async () => {
    const elsewhere = await market.signOffer(signed.offer, market.requester, { chainId: 1 });
    await wrongSignature(market.worker.write.take(takeArgs(market, elsewhere)), elsewhere);
  });

  it("of somebody else is good for nothing", async () => {
    const theirs = await market.signOffer(signed.offer, market.worker);
    await wrongSignature(market.worker.write.take(takeArgs(market, theirs)), theirs);
  });

  it("in its other form (s mirrored) is refused", async () => {
    const n = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const { signature } = signed;
    const s = hexToBigInt(`0x${signature.slice(66, 130)}`);
    const v = Number(`0x${signature.slice(130)}`) === 27 ? "1c" : "1b";
    const mirrored =
      `${signature.slice(0, 66)}${numberToHex(n - s, { size: 32 }).slice(2)}${v}` as Hex;
    const malleable = { ...signed, signature: mirrored };
    await wrongSignature(market.worker.write.take(takeArgs(market, malleable)), malleable);
  });

  it.each([
    ["the requester's limit", (o: Offer): Offer => ({ ...o, limit: o.limit + 1n })],
    ["the price", (o: Offer): Offer => ({ ...o, minReward: 2n * REWARD, maxReward: 2n * REWARD })],
    ["the end", (o: Offer): Offer => ({ ...o, takeUntil: o.takeUntil + 1 })],
    ["the fee", (o: Offer): Offer => ({ ...o, fee: 1n })],
    ["the nonce", (o: Offer): Offer => ({ ...o, nonce: 7n })],
    ["a term", (o: Offer): Offer => ({ ...o, terms: { ...o.terms, submitWindowSeconds: 60 } })],
    ["the number of tasks", (o: Offer): Offer => ({ ...o, terms: { ...o.terms, taskCount: 2 } })],
  ])("does not cover %s when it is changed", async (_, change) => {
    const changed = { ...signed, offer: change(signed.offer) };
    await wrongSignature(market.worker.write.take(takeArgs(market, changed)), changed);
    expect(await spent()).toBe(0n);
  });

  it("of a contract that has changed its mind is good no more, and what it bought stays bought", async () => {
    const { requester, rival, worker, stranger } = market;
    const { address } = await market.network.viem.deployContract("SmartAccount", [
      requester.address,
    ]);
    const account = getAddress(address);
    await requester.write.addCredit([account, zeroAddress, ETHER], { value: ETHER });
    const rights = encode("setRights", [market.offers, Right.request]);
    await bring(market, requester, stranger, rights, { account });
    const [first, second] = await Promise.all(
      [1n, 2n].map((salt) => market.signOffer(offerOf(account, { terms: { salt } }))),
    );
    if (first === undefined || second === undefined) throw new Error("not signed");
    const args = fulfilArgs(market, first);
    await worker.write.take(args);
    const wallet = await market.network.viem.getWalletClient(rival.address);
    const data = encodeFunctionData({
      abi: parseAbi(["function hand(address)"]),
      args: [rival.address],
    });
    await wallet.sendTransaction({ to: account, data });
    await expectOffersRevert(worker.write.take(takeArgs(market, second)), "Offers_WrongSignature", [
      account,
      market.digestOf(second.offer),
    ]);
    await market.at(GENESIS + 5000);
    await worker.write.settle([args[0], [0]]);
    expect(await market.read.credit([worker.address, zeroAddress])).toBe(REWARD);
  });
});

describe("an offer", () => {
  it("is taken once", async () => {
    await market.worker.write.take(takeArgs(market, signed));
    const again = takeArgs(market, signed);
    await expectOffersRevert(market.rival.write.take(again), "Marketplace_AlreadyPosted", [
      hashTerms(again[0]),
    ]);
    await expectOffersRevert(
      (await market.as(market.rival)).write.post(postArgs(signed)),
      "Marketplace_AlreadyPosted",
    );
    expect(await spent()).toBe(REWARD);
  });

  it("whose price rises is taken once, whatever the price", async () => {
    const rising = await market.signOffer(
      offer({ maxReward: 2n * REWARD, rampFrom: GENESIS, rampSeconds: 1 }),
    );
    await market.worker.write.take(takeArgs(market, rising, { reward: REWARD }));
    for (const reward of [REWARD, REWARD + 1n, 2n * REWARD]) {
      await expectOffersRevert(
        market.rival.write.take(takeArgs(market, rising, { reward })),
        "Offers_NonceUsed",
        [market.requester.address, 0n],
      );
    }
  });

  it("is good until its end, its second included", async () => {
    await market.at(UNTIL + 1);
    await expectOffersRevert(market.worker.write.take(takeArgs(market, signed)), "Offers_Expired", [
      market.digestOf(signed.offer),
      BigInt(UNTIL),
    ]);
  });

  it("costs no more than its limit", async () => {
    const tight = await market.signOffer(offer({ limit: REWARD - 1n }));
    await expectOffersRevert(
      market.worker.write.take(takeArgs(market, tight)),
      "Offers_OverLimit",
      [...[market.digestOf(tight.offer), REWARD, REWARD - 1n]],
    );
  });

  it("is good no more once it is cancelled: one call for 128 of them", async () => {
    await (await market.as(market.requester)).write.cancelNonces([0n, (1n << 128n) - 1n]);
    for (const nonce of [0n, 1n, 127n]) {
      const one = await market.signOffer(offer({ nonce }));
      await expectOffersRevert(
        market.worker.write.take(takeArgs(market, one)),
        "Offers_NonceUsed",
        [...[market.requester.address, nonce]],
      );
    }
    await market.worker.write.take(
      takeArgs(market, await market.signOffer(offer({ nonce: 128n }))),
    );
  });

  it("of a requester that took the right back is good for nothing", async () => {
    const { requester, offers, worker } = market;
    await requester.write.setRights([offers, 0n]);
    await expectOffersRevert(worker.write.take(takeArgs(market, signed)), "Marketplace_NoRight", [
      ...[requester.address, offers, Right.request],
    ]);
  });

  it("is not resumed by who made up its conditions, nor once it is cancelled", async () => {
    const rising = await market.signOffer(
      offer({ maxReward: 2n * REWARD, rampFrom: GENESIS, rampSeconds: 1000 }),
    );
    const [terms, , , , , permission] = takeArgs(market, rising);
    await market.worker.write.take(takeArgs(market, rising));
    await market.worker.write.release([terms, 0]);
    const stranger = await market.as(market.stranger);
    const forged = { ...rising, offer: { ...rising.offer, maxReward: 3n * REWARD } };
    await wrongSignature(stranger.write.resume([terms, encodePermission(forged)]), forged);
    await (await market.as(market.requester)).write.cancelNonces([0n, 1n]);
    await expectOffersRevert(stranger.write.resume([terms, permission]), "Offers_NotResumable");
  });
});

describe("an agent", () => {
  it("is asked by the Marketplace alone", async () => {
    const [terms, , , , , permission] = takeArgs(market, signed);
    const stranger = await market.as(market.stranger);
    await expectOffersRevert(
      stranger.write.admit([market.stranger.address, terms, 0, false, permission]),
      "Offers_NotMarketplace",
      [market.stranger.address],
    );
  });

  it("is no account without code, and no contract that takes any call", async () => {
    const { requester, rival, worker } = market;
    const [terms, spec, root, results] = takeArgs(market, signed);
    await requester.write.setRights([rival.address, Right.request]);
    await expectOffersRevert(
      worker.write.take([terms, spec, root, results, rival.address, "0x"]),
      "Marketplace_NoRight",
      [requester.address, rival.address, Right.request],
    );
    const { address } = await market.network.viem.deployContract("OpenAccount");
    const open = getAddress(address);
    await requester.write.setRights([open, Right.request]);
    await expectOffersRevert(
      worker.write.take([terms, spec, root, results, open, "0x"]),
      "Marketplace_NoRight",
      [requester.address, open, Right.request],
    );
  });

  it("admits nobody without a form of a permission", async () => {
    const [terms, spec, root, results, offers] = takeArgs(market, signed);
    for (const permission of ["0x", "0x01", "0x03", `0x03${"00".repeat(200)}`] as const) {
      await expectOffersRevert(
        market.worker.write.take([terms, spec, root, results, offers, permission]),
        "Offers_NoConditions",
      );
    }
  });
});

describe("a reserved job", () => {
  it("is claimed neither directly, nor by signature, nor through a relay", async () => {
    const { rival: selector, worker, stranger } = market;
    const awarded = await market.signOffer(
      offer({ selector: selector.address, awardUntil: UNTIL, turnSeconds: 600 }),
    );
    const award = await market.signAward(
      {
        ...{ offer: market.digestOf(awarded.offer), firstBatch: 0, batchCount: 1 },
        ...{ winner: selector.address, backup: zeroAddress, reward: REWARD, from: GENESIS },
        bid: zeroHash,
      },
      selector,
    );
    const args = postArgs(awarded, { award });
    await (await market.as(stranger)).write.post(args);
    const [terms] = args;
    await expectOffersRevert(worker.write.claim([terms, 0]), "Marketplace_ScoreTooLow");
    await expectOffersRevert(
      worker.write.claimReserved(claimArgs(market, awarded, award)),
      "Offers_NotYourTurn",
      [market.digestOf(awarded.offer), worker.address],
    );
    const data = encode("claim", [terms, 0]);
    const call = { account: worker.address, data, value: 0n, nonce: 0n, deadline: BigInt(UNTIL) };
    const signature = await signCall(market, worker, call);
    await expectOffersRevert(
      stranger.write.callSigned([call, signature]),
      "Marketplace_ScoreTooLow",
    );
    const relayer = await market.as(stranger);
    await relayer.write.relay([[call], [signature], 0n], { gas: 1_000_000n });
    const [batch] = await market.read.batches([hashTerms(terms), 0, 1]);
    expect(batch?.status).toBe(BatchStatus.open);
  });
});

describe("a token that calls back", () => {
  it("takes the offer no second time", async () => {
    const token = await deployToken(market, "HostileToken");
    await token.fund(10n * REWARD);
    const inTokens = await market.signOffer(offer({ terms: { token: token.address } }));
    const args = takeArgs(market, inTokens, { payment: { source: "allowance" } });
    const again = encodeFunctionData({ abi: marketplaceAbi, functionName: "take", args });
    await token.write.callBack([market.address, again]);
    await token.write.behave([TokenManner.callingBack]);
    await market.worker.write.take(args);
    expect(await token.read.calledBack()).toBe(false);
    expect(await token.balanceOf(market.requester.address)).toBe(9n * REWARD);
  });
});

describe("who sees a call before it is mined", () => {
  it("gains no result: what it copies shows no leaf", async () => {
    const arbiter = await deployArbiter(market, 0n);
    const about = await market.signOffer(offer({ terms: { arbiter: arbiter.address } }));
    const { worker, rival, stranger } = market;
    const leafOf = {
      position: 0,
      outcome: 2,
      cid: { prefix: "0x00000000", digest: zeroHash },
      byteLength: 0,
    } as const;
    const leaves = [resultLeaf(0, { outcome: "trap" })];
    const root = bytesToHex(bindRoot(merkleRoot(leaves), worker.address));
    const args = fulfilArgs(market, about, { root });
    // The copy is mined first.
    await market.at(GENESIS + 50);
    await rival.write.take(args);
    await expectOffersRevert(worker.write.take(args), "Marketplace_AlreadyPosted");
    const job = hashTerms(args[0]);
    const question = {
      ...{ job, batch: 0, position: 0, ground: Ground.none, resultRoot: root },
      ...{ answer: zeroHash, salt: keccak256("0x") },
    } as const;
    await market.at(GENESIS + 60);
    const commitment = commitmentOf(stranger.address, question);
    await stranger.write.prepare([commitment], { value: ETHER });
    await market.at(GENESIS + 70);
    await stranger.write.demand([args[0], question], { value: ETHER });
    const proof = merkleProof(leaves, 0).map((hash) => bytesToHex(hash));
    await expectOffersRevert(
      rival.write.reveal([args[0], 0, 1, leafOf, proof]),
      "Marketplace_WrongLeaf",
      [job, 0, 0],
    );
    await market.at(GENESIS + 70 + 601);
    await stranger.write.forfeit([args[0], 0, 0, 1]);
    expect((await market.read.account([rival.address])).slashedBatches).toBe(1);
  });

  it("cannot keep the worker itself from showing its leaf under the bound root", async () => {
    const arbiter = await deployArbiter(market, 0n);
    const about = await market.signOffer(offer({ terms: { arbiter: arbiter.address } }));
    const { worker, stranger } = market;
    const leaves = [resultLeaf(0, { outcome: "trap" })];
    const root = bytesToHex(bindRoot(merkleRoot(leaves), worker.address));
    const args = fulfilArgs(market, about, { root });
    await market.at(GENESIS + 50);
    await worker.write.take(args);
    const job = hashTerms(args[0]);
    const question = {
      ...{ job, batch: 0, position: 0, ground: Ground.none, resultRoot: root },
      ...{ answer: zeroHash, salt: keccak256("0x") },
    } as const;
    await market.at(GENESIS + 60);
    await stranger.write.prepare([commitmentOf(stranger.address, question)], { value: ETHER });
    await market.at(GENESIS + 70);
    await stranger.write.demand([args[0], question], { value: ETHER });
    const leaf = {
      ...{ position: 0, outcome: 2, byteLength: 0 },
      cid: { prefix: "0x00000000", digest: zeroHash },
    } as const;
    await worker.write.reveal([args[0], 0, 1, leaf, []]);
    const [batch] = await market.read.batches([job, 0, 1]);
    expect(batch?.status).toBe(BatchStatus.submitted);
  });

  it("earns the fee of a posting itself, and the other pays for a call that fails", async () => {
    const dear = await market.signOffer(offer({ fee: 5n }));
    await (await market.as(market.rival)).write.post(postArgs(dear));
    await expectOffersRevert(
      (await market.as(market.stranger)).write.post(postArgs(dear)),
      "Marketplace_AlreadyPosted",
    );
    expect(await market.read.credit([market.rival.address, zeroAddress])).toBe(5n);
    expect(await spent()).toBe(REWARD + 5n);
  });
});
