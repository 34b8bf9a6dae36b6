/** Branches of `offers.tree` that the other files do not take. */
import { keccak256, stringToHex, zeroAddress } from "viem";
import { beforeEach, expect, it } from "vitest";
import {
  type Award,
  type Bid,
  encodePermission,
  type Offer,
  offersAbi,
} from "../../../sdk/src/index.ts";
import { DAY, GENESIS, hashTerms } from "../market.ts";
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

const BOND = 10n ** 17n;

let market: OfferMarket;
beforeEach(async () => {
  market = await startOffers();
});

const offer = (changes: Parameters<typeof offerOf>[1] = {}): Offer =>
  offerOf(market.requester.address, changes);
const rising = { maxReward: 2n * REWARD, rampFrom: GENESIS, rampSeconds: 1000 };

/** An offer with a bond, posted as it was awarded to the worker. */
async function bonded(changes: Parameters<typeof offerOf>[1] = {}) {
  const { requester, worker, stranger } = market;
  const about = offer({
    ...{ selector: requester.address, awardUntil: UNTIL, turnSeconds: 600, bidBond: BOND },
    ...changes,
  });
  const bid: Bid = {
    ...{ offer: market.digestOf(about), worker: worker.address, reward: REWARD },
    ...{ workSeconds: 60, goodUntil: UNTIL, nonce: 1n },
  };
  const bidSignature = await market.signBid(bid);
  const signed = await market.signOffer(about);
  const value: Award = {
    ...{ offer: bid.offer, firstBatch: 0, batchCount: 1, winner: worker.address },
    ...{ backup: zeroAddress, reward: REWARD, from: GENESIS, bid: market.bidDigestOf(bid) },
  };
  const award = await market.signAward(value, requester);
  const args = postArgs(signed, { award });
  await (await market.as(stranger)).write.post(args);
  await (await market.as(worker)).write.addBond([worker.address], { value: BOND });
  return { signed, award, terms: args[0], permission: args[2], bid, bidSignature };
}

it("a plain permission admits nobody to a job that is posted", async () => {
  const { signed, terms } = await bonded();
  const plain = await market.signOffer(offer());
  await expectOffersRevert(
    market.worker.write.claimReserved([terms, 0, market.offers, encodePermission(plain)]),
    "Offers_WrongAward",
  );
  const free = await market.signOffer(offer({ nonce: 7n, terms: { salt: 7n } }));
  const open = postArgs(free);
  await (await market.as(market.stranger)).write.post(open);
  for (const permission of [open[2], encodePermission(signed)]) {
    await expectOffersRevert(
      market.worker.write.claimReserved([open[0], 0, market.offers, permission]),
      "Offers_WrongAward",
    );
  }
});

it("nobody awards an offer that names nobody for it", async () => {
  const about = offer();
  const award = await market.signAward(
    {
      ...{ offer: market.digestOf(about), firstBatch: 0, batchCount: 1 },
      ...{ winner: market.worker.address, backup: zeroAddress, reward: REWARD, from: 0 },
      bid: keccak256(stringToHex("bid")),
    },
    market.worker,
  );
  await expectOffersRevert(
    market.worker.write.take(takeArgs(market, await market.signOffer(about), { award })),
    "Offers_WrongSignature",
    [zeroAddress, market.awardDigestOf(award.award)],
  );
});

it("a job is not resumed too late, at a fixed price, before it was taken, or twice", async () => {
  const stranger = await market.as(market.stranger);
  const fixed = await market.signOffer(offer());
  const posted = postArgs(fixed);
  await stranger.write.post(posted);
  await expectOffersRevert(stranger.write.resume([posted[0], posted[2]]), "Offers_NotResumable");
  const signed = await market.signOffer(offer({ ...rising, terms: { salt: 2n }, nonce: 2n }));
  const [terms, , , , , permission] = takeArgs(market, signed);
  await expectOffersRevert(stranger.write.resume([terms, permission]), "Offers_NotResumable");
  await market.worker.write.take(takeArgs(market, signed));
  await market.worker.write.release([terms, 0]);
  const snapshot = await market.network.networkHelpers.takeSnapshot();
  await market.at(UNTIL + 1);
  await expectOffersRevert(stranger.write.resume([terms, permission]), "Offers_Expired", [
    market.digestOf(signed.offer),
    BigInt(UNTIL),
  ]);
  await snapshot.restore();
  await stranger.write.resume([terms, permission]);
  await expectOffersRevert(stranger.write.resume([terms, permission]), "Offers_NotResumable");
});

it("an award is registered while there is time for a whole turn, and a bond is asked for", async () => {
  const stranger = await market.as(market.stranger);
  const late = await bonded({ terms: { claimUntil: GENESIS + 500 } });
  await expectOffersRevert(
    stranger.write.registerAward([late.terms, late.permission, late.bid, late.bidSignature]),
    "Offers_NotPosted",
    [hashTerms(late.terms)],
  );
  const free = await bonded({ bidBond: 0n, nonce: 2n, terms: { salt: 2n } });
  await expectOffersRevert(
    stranger.write.registerAward([free.terms, free.permission, free.bid, free.bidSignature]),
    "Offers_AlreadyRegistered",
  );
});

it("a bond comes back if the requester takes its right from Offers", async () => {
  const all = await bonded();
  const { requester, worker, stranger, offers } = market;
  const caller = await market.as(stranger);
  await expectOffersRevert(
    caller.write.returnBond([all.terms, all.permission]),
    "Offers_NotRegistered",
  );
  await caller.write.registerAward([all.terms, all.permission, all.bid, all.bidSignature]);
  await requester.write.setRights([offers, 0n]);
  await expectOffersRevert(
    worker.write.claimReserved(claimArgs(market, all.signed, all.award)),
    "Marketplace_NoRight",
  );
  await caller.write.returnBond([all.terms, all.permission]);
  expect(await market.readOffers.bondOf([worker.address])).toBe(BOND);
  await expectOffersRevert(
    (await market.as(worker)).write.withdrawBond([BOND + 1n, worker.address]),
    "Offers_InsufficientBond",
    [worker.address, BOND, BOND + 1n],
  );
});

it("lists of different lengths are refused, and no list of batches is the first of each job", async () => {
  const stranger = await market.as(market.stranger);
  await expectOffersRevert(stranger.write.relay([[], ["0x"], 0n]), "Offers_WrongCount", [0n, 1n]);
  const jobs = [];
  for (let salt = 0n; salt < 2n; salt++) {
    const args = fulfilArgs(market, await market.signOffer(offer({ terms: { salt } })));
    await market.worker.write.take(args);
    jobs.push(args[0]);
  }
  await expectOffersRevert(stranger.write.settleMany([jobs, [0]]), "Offers_WrongCount", [2n, 1n]);
  await market.at(GENESIS + DAY / 2);
  await stranger.write.settleMany([jobs, []], { gas: 2_000_000n });
  expect(await market.read.credit([market.worker.address, zeroAddress])).toBe(2n * REWARD);
});

it("gas with which settlements would fail without a word is refused, and an estimate is enough for all", async () => {
  const stranger = await market.as(market.stranger);
  const jobs: ReturnType<typeof fulfilArgs>[0][] = [];
  for (let salt = 0n; salt < 3n; salt++) {
    const args = fulfilArgs(market, await market.signOffer(offer({ terms: { salt } })));
    await market.worker.write.take(args);
    jobs.push(args[0]);
  }
  await market.at(GENESIS + DAY / 2);
  const settle = (gas: bigint) => stranger.write.settleMany([jobs, []], { gas });
  await expectOffersRevert(settle(200_000n), "Offers_TooLittleGas");
  expect(await market.read.credit([market.worker.address, zeroAddress])).toBe(0n);
  const estimate = await market.client.estimateContractGas({
    ...{ address: market.offers, abi: offersAbi, functionName: "settleMany" },
    ...{ args: [jobs, []], account: market.stranger.address },
  });
  await settle(estimate);
  expect(await market.read.credit([market.worker.address, zeroAddress])).toBe(3n * REWARD);
});
