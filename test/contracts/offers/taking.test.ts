import { type Hex, keccak256, stringToHex, zeroAddress, zeroHash } from "viem";
import { beforeEach, describe, expect, it } from "vitest";
import type { Offer } from "../../../sdk/src/index.ts";
import { BatchStatus, cid, DAY, ETHER, GENESIS, hashTerms, JobStatus, NOBODY } from "../market.ts";
import { bring, encode, signCall } from "../seam.ts";
import { deployToken, signPermit, type Token } from "../tokens.ts";
import {
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
beforeEach(async () => {
  market = await startOffers();
});

const offer = (changes: Parameters<typeof offerOf>[1] = {}): Offer =>
  offerOf(market.requester.address, changes);
const creditOf = (owner: Hex, token: Hex = zeroAddress) => market.read.credit([owner, token]);
const batchOf = async (id: Hex) => (await market.read.batches([id, 0, 1]))[0];
const rising = { maxReward: 3n * REWARD, rampFrom: GENESIS + 100, rampSeconds: 1000 };

describe("take", () => {
  it("posts the job at its price, paid from the requester's credit, and claims its first batch", async () => {
    const before = await creditOf(market.requester.address);
    const signed = await market.signOffer(offer({ terms: { taskCount: 3 } }));
    const args = takeArgs(market, signed);
    await market.at(GENESIS + 50);
    const { events } = await market.receipt(market.worker.write.take(args));
    const id = hashTerms(args[0]);
    expect(events.map(({ eventName }) => eventName)).toEqual(["JobPosted", "BatchClaimed"]);
    expect(await market.read.job([id])).toEqual([JobStatus.posted, 2]);
    expect(await batchOf(id)).toMatchObject({
      ...{ worker: market.worker.address, status: BatchStatus.claimed },
      ...{ timestamp: GENESIS + 50 + 3600, resultRoot: zeroHash },
    });
    expect(await creditOf(market.requester.address)).toBe(before - 3n * REWARD);
    expect((await market.read.account([market.worker.address])).locked).toBe(args[0].stakePerBatch);
  });

  it("with a root submits it, too, and the job is settled as any other", async () => {
    const signed = await market.signOffer(offer());
    const args = fulfilArgs(market, signed);
    await market.at(GENESIS + 50);
    const { events } = await market.receipt(market.worker.write.take(args));
    const id = hashTerms(args[0]);
    expect(events.map(({ eventName }) => eventName)).toEqual([
      "JobPosted",
      "BatchClaimed",
      "BatchSubmitted",
    ]);
    expect(await batchOf(id)).toMatchObject({
      ...{ worker: market.worker.address, status: BatchStatus.submitted },
      ...{ timestamp: GENESIS + 50, resultRoot: args[2] },
    });
    await market.at(GENESIS + 50 + 600);
    await market.worker.write.settle([args[0], [0]]);
    expect(await creditOf(market.worker.address)).toBe(REWARD);
  });

  it("is brought by anybody, signed by the worker", async () => {
    const signed = await market.signOffer(offer());
    const args = takeArgs(market, signed);
    await bring(market, market.worker, market.stranger, encode("take", args));
    expect((await batchOf(hashTerms(args[0])))?.worker).toBe(market.worker.address);
  });

  it("refuses results that no CID names", async () => {
    const signed = await market.signOffer(offer());
    const [terms, spec, root, , offers, permission] = fulfilArgs(market, signed);
    const results = { ...cid("x"), prefix: "0x00000000" as const };
    await expectOffersRevert(
      market.worker.write.take([terms, spec, root, results, offers, permission]),
      "Marketplace_MalformedCid",
      [results.prefix, results.digest],
    );
  });

  it("asks for the worker's stake and score", async () => {
    const { stranger, requester } = market;
    const poor = takeArgs(market, await market.signOffer(offer()));
    await expectOffersRevert(stranger.write.take(poor), "Marketplace_InsufficientStake");
    const proud = offerOf(requester.address, { terms: { minScore: 1 } });
    const args = takeArgs(market, await market.signOffer(proud));
    await expectOffersRevert(market.worker.write.take(args), "Marketplace_ScoreTooLow", [
      ...[market.worker.address, 0, 1],
    ]);
  });
});

describe("the price", () => {
  it.each([
    [GENESIS + 100, REWARD],
    [GENESIS + 600, 2n * REWARD],
    [GENESIS + 1100, 3n * REWARD],
    [GENESIS + 5000, 3n * REWARD],
  ])("at %i may be %i and no more", async (time, reward) => {
    const signed = await market.signOffer(offer(rising));
    await market.at(time);
    await expectOffersRevert(
      market.worker.write.take(takeArgs(market, signed, { reward: reward + 1n })),
      "Offers_WrongPrice",
      [market.digestOf(signed.offer), reward + 1n, REWARD, reward],
    );
    await market.at(time + 1);
    await market.worker.write.take(takeArgs(market, signed, { reward }));
  });

  it("may be less than the ramp, and no less than it began with", async () => {
    const signed = await market.signOffer(offer(rising));
    await market.at(GENESIS + 600);
    await expectOffersRevert(
      market.worker.write.take(takeArgs(market, signed, { reward: REWARD - 1n })),
      "Offers_WrongPrice",
    );
    await market.worker.write.take(takeArgs(market, signed, { reward: REWARD }));
  });

  it("goes on from where it stood once the worker has failed, and not while it holds the batch", async () => {
    const signed = await market.signOffer(offer(rising));
    const first = takeArgs(market, signed, { reward: 2n * REWARD });
    await market.at(GENESIS + 600);
    await market.worker.write.take(first);
    const offers = await market.as(market.stranger);
    await expectOffersRevert(offers.write.resume([first[0], first[5]]), "Offers_NotResumable", [
      market.digestOf(signed.offer),
    ]);
    await market.at(GENESIS + 600 + 3601);
    await market.stranger.write.expire([first[0], 0]);
    await market.at(GENESIS + 5000);
    await offers.write.resume([first[0], first[5]]);
    expect(await market.read.job([hashTerms(first[0])])).toEqual([JobStatus.cancelled, 0]);
    const digest = market.digestOf(signed.offer);
    expect(await market.readOffers.resumption([digest])).toEqual({
      reward: 2n * REWARD,
      since: GENESIS + 5000,
    });
    // 2·REWARD of a thousand seconds: a fifth of REWARD in a hundred.
    await market.at(GENESIS + 5100);
    const more = 2n * REWARD + (2n * REWARD * 100n) / 1000n;
    await expectOffersRevert(
      market.rival.write.take(takeArgs(market, signed, { reward: more + 1n })),
      "Offers_WrongPrice",
      [digest, more + 1n, REWARD, more],
    );
    await market.at(GENESIS + 5101);
    await market.rival.write.take(takeArgs(market, signed, { reward: more }));
    await expectOffersRevert(
      market.worker.write.take(takeArgs(market, signed, { reward: more + 1n })),
      "Offers_NonceUsed",
    );
  });
});

describe("post", () => {
  it("posts at a fixed price, and pays who brought it", async () => {
    const signed = await market.signOffer(offer({ fee: 77n }));
    const before = await creditOf(market.requester.address);
    const offers = await market.as(market.stranger);
    const args = postArgs(signed);
    await offers.write.post(args);
    expect(await market.read.job([hashTerms(args[0])])).toEqual([JobStatus.posted, 1]);
    expect(await creditOf(market.stranger.address)).toBe(77n);
    expect(await creditOf(market.requester.address)).toBe(before - REWARD - 77n);
    await market.worker.write.claim([args[0], 0]);
  });

  it("refuses a price that rises, and a fee over the limit", async () => {
    const offers = await market.as(market.stranger);
    const ramp = await market.signOffer(offer(rising));
    await expectOffersRevert(offers.write.post(postArgs(ramp)), "Offers_PriceRises", [
      market.digestOf(ramp.offer),
    ]);
    const dear = await market.signOffer(offer({ fee: 77n, limit: REWARD + 76n }));
    await expectOffersRevert(offers.write.post(postArgs(dear)), "Offers_OverLimit", [
      ...[market.digestOf(dear.offer), REWARD + 77n, REWARD + 76n],
    ]);
  });
});

describe("payment in tokens", () => {
  let token: Token;
  const inTokens = () => offer({ terms: { token: token.address } });
  beforeEach(async () => {
    token = await deployToken(market, "PlainToken");
    await token.write.mint([market.requester.address, 10n * REWARD]);
  });

  it("comes by a permit, of which only what is missing is taken", async () => {
    const { v, r, s, deadline } = await signPermit(market, token, 10n * REWARD, BigInt(UNTIL));
    const permit = { value: 10n * REWARD, deadline, v, r, s };
    const signed = await market.signOffer(inTokens());
    const args = takeArgs(market, signed, { payment: { source: "allowance", permit } });
    await market.worker.write.take(args);
    expect(await token.balanceOf(market.requester.address)).toBe(9n * REWARD);
    expect(await creditOf(market.requester.address, token.address)).toBe(0n);
    await market.at(GENESIS + DAY / 2);
  });

  it("comes by a permit that somebody else has used before", async () => {
    const { v, r, s, deadline } = await signPermit(market, token, REWARD, BigInt(UNTIL));
    const permit = { value: REWARD, deadline, v, r, s };
    const { requester, address, stranger } = market;
    await (await token.as(stranger)).write.permit([
      ...([requester.address, address, REWARD, deadline, v, r, s] as const),
    ]);
    const signed = await market.signOffer(inTokens());
    const args = takeArgs(market, signed, { payment: { source: "allowance", permit } });
    await market.worker.write.take(args);
    expect(await token.balanceOf(requester.address)).toBe(9n * REWARD);
  });

  it("is never another's: a permit of a stranger's tokens buys nothing", async () => {
    const rich = market.rival;
    await token.write.mint([rich.address, REWARD]);
    await (await token.as(rich)).write.approve([market.address, REWARD]);
    const signed = await market.signOffer(inTokens());
    const args = takeArgs(market, signed, { payment: { source: "allowance" } });
    await expect(market.worker.write.take(args)).rejects.toThrow();
    expect(await token.balanceOf(rich.address)).toBe(REWARD);
  });
});

describe("many at once", () => {
  it("relays calls, of which one that fails does not sink the others", async () => {
    const { offers } = market;
    const call = { account: market.worker.address, value: 0n, deadline: BigInt(UNTIL) };
    const signs = async (nonce: bigint, data: Hex) => {
      const signed = { ...call, nonce, data };
      return { call: signed, signature: await signCall(market, market.worker, signed) };
    };
    const signed = await Promise.all([
      signs(1n, encode("unbond", [5n])),
      signs(2n, encode("unbond", [10n ** 28n])),
      signs(3n, encode("setRights", [offers, 2n])),
    ]);
    const calls = signed.map((one) => one.call);
    const signatures = signed.map((one) => one.signature);
    const relayer = await market.as(market.stranger);
    await relayer.write.relay([calls, signatures, 0n], { gas: 10_000_000n });
    expect((await market.read.account([market.worker.address])).unbonding).toBe(5n);
    expect(await market.read.rightsOf([market.worker.address, offers])).toBe(2n);
    // The nonce of the one that failed is still good.
    expect(await market.read.nonces([market.worker.address, 0n])).toBe(0b1010n);
  });

  it("pays for no call with what was left for bids, and gives back what no call took", async () => {
    const { worker, stranger, offers } = market;
    const bidder = await market.as(worker);
    await bidder.write.addBond([worker.address], { value: ETHER });
    const data = encode("deposit", []);
    const call = {
      account: worker.address,
      data,
      value: ETHER,
      nonce: 1n,
      deadline: BigInt(UNTIL),
    };
    const signature = await signCall(market, worker, call);
    const relayer = await market.as(stranger);
    const before = (await market.read.account([worker.address])).stake;
    await relayer.write.relay([[call], [signature], 0n], { value: ETHER - 1n, gas: 1_000_000n });
    expect((await market.read.account([worker.address])).stake).toBe(before);
    expect(await market.client.getBalance({ address: offers })).toBe(ETHER);
    await relayer.write.relay([[call], [signature], 0n], { value: ETHER + 1n, gas: 1_000_000n });
    expect((await market.read.account([worker.address])).stake).toBe(before + ETHER);
    expect(await market.client.getBalance({ address: offers })).toBe(ETHER);
  });

  it("settles what can be settled", async () => {
    const settled = [];
    for (let nonce = 0n; nonce < 3n; nonce++) {
      const signed = await market.signOffer(offer({ nonce, terms: { salt: nonce } }));
      const root = keccak256(stringToHex(`root ${nonce}`));
      const args = fulfilArgs(market, signed, { root });
      await market.worker.write.take(args);
      settled.push(args[0]);
    }
    const open = (await market.signOffer(offer({ terms: { salt: 9n } }))).offer.terms;
    await market.at(GENESIS + DAY / 2);
    const offers = await market.as(market.stranger);
    const [a, b, c] = settled;
    if (a === undefined || b === undefined || c === undefined) throw new Error("none");
    await offers.write.settleMany(
      [
        [a, open, b, c],
        [0, 0, 0, 0],
      ],
      { gas: 5_000_000n },
    );
    expect(await creditOf(market.worker.address)).toBe(3n * REWARD);
    expect(await creditOf(NOBODY)).toBe(0n);
  });
});
