import { keccak256, stringToHex, zeroAddress } from "viem";
import { beforeEach, describe, expect, it } from "vitest";
import type { Award, Bid, Offer, SignedAward, SignedOffer } from "../../../sdk/src/index.ts";
import { encodePermission } from "../../../sdk/src/index.ts";
import { type Actor, ETHER, GENESIS, hashTerms, JobStatus } from "../market.ts";
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

const FROM = GENESIS + 1000;
const TURN = 600;
/** Of `termsOf`. */
const SUBMIT = 3600;
const BOND = 10n ** 17n;

let market: OfferMarket;
let winner: Actor;
let backup: Actor;
let other: Actor;
let selector: Actor;
beforeEach(async () => {
  market = await startOffers();
  [winner, backup, other, selector] = [
    market.worker,
    market.rival,
    market.stranger,
    market.requester,
  ];
  await other.write.deposit({ value: ETHER });
});

const offer = (changes: Parameters<typeof offerOf>[1] = {}): Offer =>
  offerOf(market.requester.address, {
    ...{ selector: selector.address, awardUntil: UNTIL, turnSeconds: TURN, maxReward: 3n * REWARD },
    ...changes,
  });

async function awarded(
  about: Offer,
  changes: Partial<Award> = {},
): Promise<{ signed: SignedOffer; award: SignedAward }> {
  const signed = await market.signOffer(about);
  const award = await market.signAward(
    {
      ...{ offer: market.digestOf(about), firstBatch: 0, batchCount: 1, winner: winner.address },
      ...{ backup: backup.address, reward: 2n * REWARD, from: FROM },
      ...{ bid: keccak256(stringToHex("bid")), ...changes },
    },
    selector,
  );
  return { signed, award };
}

const posted = async ({ signed, award }: { signed: SignedOffer; award: SignedAward }) => {
  const args = postArgs(signed, { award });
  await (await market.as(other)).write.post(args);
  return args[0];
};

describe("an awarded job", () => {
  it("costs what was awarded, of which the rest never left the requester's credit", async () => {
    const before = await market.read.credit([market.requester.address, zeroAddress]);
    const both = await awarded(offer());
    const terms = await posted(both);
    expect(terms.rewardPerTask).toBe(2n * REWARD);
    const after = await market.read.credit([market.requester.address, zeroAddress]);
    expect(before - after).toBe(2n * REWARD);
  });

  it("is taken by its winner in one transaction, if nobody has posted it", async () => {
    const { signed, award } = await awarded(offer());
    const args = takeArgs(market, signed, { award });
    await market.at(FROM);
    await expectOffersRevert(backup.write.take(args), "Offers_NotYourTurn");
    await market.at(FROM + 1);
    await winner.write.take(args);
    const [batch] = await market.read.batches([hashTerms(args[0]), 0, 1]);
    expect(batch?.worker).toBe(winner.address);
  });

  const who = { winner: () => winner, backup: () => backup, other: () => other };
  const all = ["winner", "backup", "other"] as const;
  it.each<[string, number, readonly (keyof typeof who)[]]>([
    ["before the turns", FROM - 1, []],
    ["at first", FROM, ["winner"]],
    ["in the winner's last second", FROM + TURN - 1, ["winner"]],
    ["in the backup's first second", FROM + TURN, ["backup"]],
    ["in the backup's last second", FROM + 2 * TURN - 1, ["backup"]],
    ["after both", FROM + 2 * TURN, all],
    ["before the first claim can be overdue", FROM + SUBMIT - 1, all],
    ["when the first claim can be overdue", FROM + SUBMIT, ["backup"]],
    ["in the last second of the takeover", FROM + SUBMIT + 2 * TURN - 1, ["backup"]],
    ["after the takeover", FROM + SUBMIT + 2 * TURN, all],
  ])("%s is to be had by", async (_, time, admitted) => {
    for (const name of all) {
      const { signed, award } = await awarded(
        offer({ nonce: BigInt(all.indexOf(name)), terms: { salt: BigInt(all.indexOf(name)) } }),
      );
      await posted({ signed, award });
      const snapshot = await market.network.networkHelpers.takeSnapshot();
      await market.at(time);
      const claim = who[name]().write.claimReserved(claimArgs(market, signed, award));
      if (admitted.includes(name)) await claim;
      else {
        await expectOffersRevert(claim, "Offers_NotYourTurn", [
          market.digestOf(signed.offer),
          who[name]().address,
        ]);
      }
      await snapshot.restore();
    }
  });

  it("is the backup's again when the winner has claimed it and failed", async () => {
    const both = await awarded(offer());
    const terms = await posted(both);
    const args = claimArgs(market, both.signed, both.award);
    await market.at(FROM + 10);
    await winner.write.claimReserved(args);
    await market.at(FROM + 10 + SUBMIT + 1);
    await other.write.expire([terms, 0]);
    await market.at(FROM + 10 + SUBMIT + 2);
    await expectOffersRevert(other.write.claimReserved(args), "Offers_NotYourTurn");
    await market.at(FROM + 10 + SUBMIT + 3);
    await backup.write.claimReserved(args);
  });

  it("is anybody's after the winner's turn if there is no backup", async () => {
    const both = await awarded(offer(), { backup: zeroAddress });
    await posted(both);
    await market.at(FROM + TURN);
    await other.write.claimReserved(claimArgs(market, both.signed, both.award));
  });
});

describe("an award", () => {
  it.each<[string, Partial<Award>]>([
    ["for another offer", { offer: keccak256(stringToHex("other")) }],
    ["at a higher price than the offer's", { reward: 3n * REWARD + 1n }],
    ["that begins too late", { from: UNTIL + 1 }],
  ])("%s is refused", async (_, changes) => {
    const { signed, award } = await awarded(offer(), changes);
    await expectOffersRevert(
      (await market.as(other)).write.post(postArgs(signed, { award })),
      "Offers_WrongAward",
      [market.digestOf(signed.offer)],
    );
  });

  it("is the selector's, of these batches", async () => {
    const both = await awarded(offer({ terms: { taskCount: 3 } }), { firstBatch: 1 });
    const forged = await market.signAward(both.award.award, other);
    await expectOffersRevert(
      (await market.as(other)).write.post(postArgs(both.signed, { award: forged })),
      "Offers_WrongSignature",
      [selector.address, market.awardDigestOf(both.award.award)],
    );
    await posted(both);
    await market.at(FROM);
    for (const batch of [0, 2]) {
      await expectOffersRevert(
        winner.write.claimReserved(claimArgs(market, both.signed, both.award, batch)),
        "Offers_WrongAward",
      );
    }
    await winner.write.claimReserved(claimArgs(market, both.signed, both.award, 1));
  });

  it("is waited for until its time is over, and then the ramp is anybody's", async () => {
    const signed = await market.signOffer(offer({ awardUntil: FROM }));
    await market.at(FROM);
    await expectOffersRevert(winner.write.take(takeArgs(market, signed)), "Offers_AwardedOnly", [
      market.digestOf(signed.offer),
      FROM,
    ]);
    await market.at(FROM + 1);
    await other.write.take(takeArgs(market, signed));
  });

  it("makes no second job of an offer that was taken without it", async () => {
    const { signed, award } = await awarded(offer({ awardUntil: FROM }), { from: FROM });
    await market.at(FROM + 1);
    await other.write.take(takeArgs(market, signed));
    await expectOffersRevert(
      winner.write.take(takeArgs(market, signed, { award })),
      "Offers_NonceUsed",
      [market.requester.address, 0n],
    );
  });
});

describe("a bond", () => {
  const bidOf = (about: Offer): Bid => ({
    ...{ offer: market.digestOf(about), worker: winner.address, reward: 2n * REWARD },
    ...{ workSeconds: 60, goodUntil: UNTIL, nonce: 5n },
  });
  const bonded = async (about = offer({ bidBond: BOND })) => {
    const bid = bidOf(about);
    const bidSignature = await market.signBid(bid);
    const both = await awarded(about, { bid: market.bidDigestOf(bid) });
    await (await market.as(winner)).write.addBond([winner.address], { value: BOND });
    const permission = encodePermission(both.signed, { award: both.award });
    return { ...both, bid, bidSignature, permission };
  };
  const bondOf = () => market.readOffers.bondOf([winner.address]);

  it("is held from the award on, and free again with the winner's claim", async () => {
    const all = await bonded();
    const terms = await posted(all);
    const args = claimArgs(market, all.signed, all.award);
    await expectOffersRevert(winner.write.claimReserved(args), "Offers_NotRegistered");
    await market.at(FROM + 100);
    await (await market.as(other)).write.registerAward([
      ...([terms, all.permission, all.bid, all.bidSignature] as const),
    ]);
    expect(await bondOf()).toBe(0n);
    await market.at(FROM + 100 + TURN - 1);
    await winner.write.claimReserved(args);
    expect(await bondOf()).toBe(BOND);
    const before = await market.client.getBalance({ address: other.address });
    await (await market.as(winner)).write.withdrawBond([BOND, other.address]);
    expect(await market.client.getBalance({ address: other.address })).toBe(before + BOND);
  });

  it("is lost with the turn, and then to nobody's gain", async () => {
    const all = await bonded();
    const terms = await posted(all);
    await market.at(FROM);
    const stranger = await market.as(other);
    const args = [terms, all.permission, all.bid, all.bidSignature] as const;
    await stranger.write.registerAward(args);
    await market.at(FROM + TURN);
    await backup.write.claimReserved(claimArgs(market, all.signed, all.award));
    expect(await bondOf()).toBe(0n);
    await expectOffersRevert(stranger.write.returnBond([terms, all.permission]), "Offers_BondHeld");
    expect(await market.client.getBalance({ address: market.offers })).toBe(BOND);
  });

  it("comes back if the requester takes the job away", async () => {
    const all = await bonded();
    const terms = await posted(all);
    await market.at(FROM);
    const stranger = await market.as(other);
    await stranger.write.registerAward([terms, all.permission, all.bid, all.bidSignature]);
    await expectOffersRevert(stranger.write.returnBond([terms, all.permission]), "Offers_BondHeld");
    await market.requester.write.cancel([terms]);
    expect((await market.read.job([hashTerms(terms)]))[0]).toBe(JobStatus.cancelled);
    await stranger.write.returnBond([terms, all.permission]);
    expect(await bondOf()).toBe(BOND);
    await stranger.write.returnBond([terms, all.permission]);
    expect(await bondOf()).toBe(BOND);
  });

  it("is asked for once, of a bid that stands, for a job that is there", async () => {
    const all = await bonded();
    const stranger = await market.as(other);
    const { signed, award, permission, bid, bidSignature } = all;
    const terms = postArgs(signed, { award })[0];
    const args = [terms, permission, bid, bidSignature] as const;
    await expectOffersRevert(stranger.write.registerAward(args), "Offers_NotPosted", [
      hashTerms(terms),
    ]);
    await posted(all);
    const changed = { ...bid, reward: REWARD };
    await expectOffersRevert(
      stranger.write.registerAward([terms, permission, changed, await market.signBid(changed)]),
      "Offers_WrongBid",
    );
    const unsigned = await market.as(winner);
    await expectOffersRevert(
      unsigned.write.registerAward([terms, permission, bid, award.signature]),
      "Offers_WrongSignature",
      [winner.address, market.bidDigestOf(bid)],
    );
    await unsigned.write.withdrawBond([1n, winner.address]);
    await expectOffersRevert(stranger.write.registerAward(args), "Offers_InsufficientBond", [
      ...[winner.address, BOND - 1n, BOND],
    ]);
    await unsigned.write.addBond([winner.address], { value: 1n });
    await stranger.write.registerAward(args);
    await expectOffersRevert(stranger.write.registerAward(args), "Offers_AlreadyRegistered");
  });

  it("is not asked for by a bid that was cancelled before", async () => {
    const all = await bonded();
    const terms = await posted(all);
    await (await market.as(winner)).write.cancelNonces([0n, 1n << 5n]);
    await expectOffersRevert(
      (await market.as(other)).write.registerAward([
        ...([terms, all.permission, all.bid, all.bidSignature] as const),
      ]),
      "Offers_NonceUsed",
      [winner.address, 5n],
    );
  });

  it("of a job without one is not touched", async () => {
    const both = await awarded(offer());
    const terms = await posted(both);
    await market.at(FROM);
    await winner.write.claimReserved(claimArgs(market, both.signed, both.award));
    await expectOffersRevert(winner.write.claim([terms, 0]), "Marketplace_WrongStatus");
  });
});
