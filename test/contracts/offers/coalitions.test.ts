/**
 * What accounts that work together can gain from offers, awards, bonds and relayed calls: what each party has before and after, to the wei. Gas is
 * counted apart.
 */
import { keccak256, stringToHex } from "viem";
import { beforeEach, expect, test } from "vitest";
import type { Award, Bid, Offer, SignedAward, SignedOffer } from "../../../sdk/src/index.ts";
import { encodePermission } from "../../../sdk/src/index.ts";
import { weigh } from "../adversarial/arena.ts";
import { type Actor, cid, ETHER, GENESIS, hashTerms, parameters, type Terms } from "../market.ts";
import { Right } from "../seam.ts";
import {
  claimArgs,
  expectOffersRevert,
  type OfferMarket,
  offerOf,
  postArgs,
  REWARD,
  startOffers,
  takeArgs,
  UNTIL,
} from "./offers.ts";

const FROM = GENESIS + 1_000;
const TURN = 600;
const SUBMIT = 3_600;
const BOND = ETHER / 10n;
const MOST = 3n * REWARD;

let market: OfferMarket;
let parties: Record<"requester" | "winner" | "backup" | "other", Actor[]>;
beforeEach(async () => {
  market = await startOffers();
  const { requester, worker, rival, stranger } = market;
  await stranger.write.deposit({ value: ETHER });
  for (const { address } of [worker, rival]) {
    await (await market.as({ address })).write.addBond([address], { value: ETHER });
  }
  parties = { requester: [requester], winner: [worker], backup: [rival], other: [stranger] };
});

/** An offer that the requester awards itself, to the worker before the rival. */
async function deal(
  changes: Parameters<typeof offerOf>[1] = {},
  { reward = 2n * REWARD, bidNonce = 5n } = {},
) {
  const { requester, worker, rival } = market;
  const offer = offerOf(requester.address, {
    ...{ selector: requester.address, awardUntil: UNTIL, turnSeconds: TURN, maxReward: MOST },
    ...{ bidBond: BOND, ...changes },
  });
  const digest = market.digestOf(offer);
  const bid: Bid = {
    ...{ offer: digest, worker: worker.address, reward, workSeconds: 60 },
    ...{ goodUntil: UNTIL, nonce: bidNonce },
  };
  const award: Award = {
    ...{ offer: digest, firstBatch: 0, batchCount: 1, winner: worker.address, reward },
    ...{ backup: rival.address, from: FROM, bid: market.bidDigestOf(bid) },
  };
  const signed = await market.signOffer(offer);
  const made = await market.signAward(award, requester);
  return { offer, signed, award: made, bid, bidSignature: await market.signBid(bid) };
}

type Deal = Awaited<ReturnType<typeof deal>>;

async function post({ signed, award }: Deal, by: Actor): Promise<Terms> {
  const args = postArgs(signed, { award });
  await (await market.as(by)).write.post(args);
  return args[0];
}

async function register(of: Deal, by: Actor): Promise<void> {
  const terms = postArgs(of.signed, { award: of.award })[0];
  const permission = encodePermission(of.signed, { award: of.award });
  await (await market.as(by)).write.registerAward([terms, permission, of.bid, of.bidSignature]);
}

const permissionOf = ({ signed, award }: { signed: SignedOffer; award: SignedAward }) =>
  encodePermission(signed, { award });

async function finish(terms: Terms, by: Actor, from: number): Promise<void> {
  const submitted = [hashTerms(terms), 0, keccak256(stringToHex("root"))] as const;
  await by.write.submit([...submitted, cid("results", "dag-cbor")]);
  await market.at(from + terms.challengeWindowSeconds + 60);
  await by.write.settle([terms, [0]]);
}

/** What each has won by what is played, as if gas were free. */
async function wonBy(attack: string, play: () => Promise<void>) {
  const compare = await weigh(market, parties, (owner) => market.readOffers.bondOf([owner]));
  await play();
  const { withoutGas, print } = await compare();
  print(attack);
  return withoutGas;
}

const nothing = { requester: 0n, winner: 0n, backup: 0n, other: 0n };

test("bidder: who wins and lets its turn pass loses its bond, which nobody gains; the backup is paid the winner's price", async () => {
  const { requester, rival } = market;
  const won = await wonBy("a turn is let pass", async () => {
    const of = await deal();
    const terms = await post(of, requester);
    await market.at(FROM);
    await register(of, requester);
    await market.at(FROM + TURN);
    await rival.write.claimReserved(claimArgs(market, of.signed, of.award));
    await finish(terms, rival, FROM + TURN);
  });
  expect(won).toEqual({ ...nothing, requester: -2n * REWARD, winner: -BOND, backup: 2n * REWARD });
});

test("bidder and backup are one: a low bid that is let pass for the next one is paid the low bid", async () => {
  const { requester, rival } = market;
  const low = REWARD;
  const won = await wonBy("one account bids low, its other one next", async () => {
    const of = await deal({ bidBond: 0n }, { reward: low });
    const terms = await post(of, requester);
    await market.at(FROM + TURN);
    await rival.write.claimReserved(claimArgs(market, of.signed, of.award));
    await finish(terms, rival, FROM + TURN);
  });
  expect(won.winner + won.backup).toBe(low);
});

test("bidder: a bond that is taken back before it is held makes the award worth nothing, and costs nobody money", async () => {
  const { requester, worker } = market;
  const won = await wonBy("the winner takes its bond back", async () => {
    const of = await deal();
    const terms = await post(of, requester);
    await (await market.as(worker)).write.withdrawBond([ETHER, worker.address]);
    await expectOffersRevert(register(of, requester), "Offers_InsufficientBond");
    await market.at(FROM);
    await expectOffersRevert(
      worker.write.claimReserved(claimArgs(market, of.signed, of.award)),
      "Offers_NotRegistered",
    );
    await requester.write.cancel([terms]);
  });
  expect(won).toEqual(nothing);
});

test("winner: who claims, has its bond back and fails, pays for the time it held the batch; the backup has it then", async () => {
  const { requester, worker, rival, stranger } = market;
  let stake = 0n;
  const won = await wonBy("the winner claims and dies", async () => {
    const of = await deal();
    const terms = await post(of, requester);
    stake = terms.stakePerBatch;
    await market.at(FROM);
    await register(of, requester);
    await worker.write.claimReserved(claimArgs(market, of.signed, of.award));
    await market.at(FROM + SUBMIT + 10);
    await stranger.write.expire([terms, 0]);
    await rival.write.claimReserved(claimArgs(market, of.signed, of.award));
    await finish(terms, rival, FROM + SUBMIT + 10);
  });
  const penalty = (stake * BigInt(parameters.expiryPenaltyBps)) / 10_000n;
  expect(won).toEqual({
    ...nothing,
    requester: -2n * REWARD,
    winner: -penalty,
    backup: 2n * REWARD,
  });
});

test("requester: to take the job, or its right, away from a winner with a bond gains nothing, and the bond comes back", async () => {
  const { requester, stranger, offers } = market;
  const cancelled = await wonBy("the requester cancels in the winner's turn", async () => {
    const of = await deal();
    const terms = await post(of, requester);
    await market.at(FROM);
    await register(of, requester);
    await requester.write.cancel([terms]);
    await (await market.as(stranger)).write.returnBond([terms, permissionOf(of)]);
  });
  expect(cancelled).toEqual(nothing);
  const revoked = await wonBy("the requester takes its right back", async () => {
    const of = await deal({ nonce: 1n, terms: { salt: 9n } }, { bidNonce: 6n });
    const terms = await post(of, requester);
    await requester.write.setRights([offers, 0n]);
    await register(of, requester);
    await (await market.as(stranger)).write.returnBond([terms, permissionOf(of)]);
    await requester.write.cancel([terms]);
    await requester.write.setRights([offers, Right.request]);
  });
  expect(revoked).toEqual(nothing);
});

test("selector and a friend: a friend that is shown the bids and asks less saves the requester money, and gains no more than it asks", async () => {
  const { worker } = market;
  const won = await wonBy("a friend underbids", async () => {
    const of = await deal({ bidBond: 0n }, { reward: REWARD });
    await market.at(FROM);
    await worker.write.take(takeArgs(market, of.signed, { award: of.award }));
    await finish(postArgs(of.signed, { award: of.award })[0], worker, FROM);
  });
  expect(won).toEqual({ ...nothing, requester: -REWARD, winner: REWARD });
});

test("coordinator: two awards of one job pay once, and a job at another price than was awarded is none", async () => {
  const { requester, worker, rival } = market;
  const won = await wonBy("two awards for one offer", async () => {
    const of = await deal({ bidBond: 0n });
    const other = await market.signAward(
      { ...of.award.award, winner: rival.address, reward: MOST },
      requester,
    );
    await market.at(FROM);
    await worker.write.take(takeArgs(market, of.signed, { award: of.award }));
    await expectOffersRevert(
      rival.write.take(takeArgs(market, of.signed, { award: other })),
      "Offers_NonceUsed",
    );
    await finish(postArgs(of.signed, { award: of.award })[0], worker, FROM);
  });
  expect(won).toEqual({ ...nothing, requester: -2n * REWARD, winner: 2n * REWARD });
});

test("relayer: it earns the fee that was signed, once, whoever it is, and can fix no price", async () => {
  const { requester, stranger, worker } = market;
  const fee = 1_000n;
  const won = await wonBy("a relayer posts", async () => {
    const offer: Offer = offerOf(requester.address, { fee });
    const signed = await market.signOffer(offer);
    const by = await market.as(stranger);
    await expectOffersRevert(
      by.write.post(postArgs(signed, { reward: MOST })),
      "Offers_WrongPrice",
    );
    await by.write.post(postArgs(signed));
    await expectOffersRevert(by.write.post(postArgs(signed)), "Marketplace_AlreadyPosted");
    const terms = postArgs(signed)[0];
    await worker.write.claim([terms, 0]);
    await finish(terms, worker, GENESIS + 100);
    const rising = await market.signOffer(
      offerOf(requester.address, { maxReward: MOST, nonce: 3n }),
    );
    await expectOffersRevert(by.write.post(postArgs(rising)), "Offers_PriceRises");
  });
  expect(won).toEqual({ ...nothing, requester: -REWARD - fee, winner: REWARD, other: fee });
});

test("sponsor: a bond or a stake that somebody pays for another is a gift", async () => {
  const { stranger, worker } = market;
  const won = await wonBy("a sponsor pays", async () => {
    await (await market.as(stranger)).write.addBond([worker.address], { value: BOND });
    const mine = await market.as(stranger);
    await expectOffersRevert(
      mine.write.withdrawBond([BOND, stranger.address]),
      "Offers_InsufficientBond",
    );
    const theirs = await market.as(worker);
    await theirs.write.withdrawBond([ETHER + BOND, worker.address]);
  });
  expect(won).toEqual({ ...nothing, winner: BOND, other: -BOND });
});
