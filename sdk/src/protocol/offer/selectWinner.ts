import type { Address, Hex } from "viem";
import { claimKey } from "../job/claimOrder.ts";
import { bidDigest, type OffersDomain, offerDigest } from "./digest.ts";
import type { Offer, SignedBid } from "./offer.ts";
import { costAt, RESERVED } from "./price.ts";

/** How the winner of an offer is found: the least price, the shortest time, or the least price after reputation. */
export const SELECTION_RULES = ["lowestPrice", "fastest", "weightedByReputation"] as const;
export type SelectionRule = (typeof SELECTION_RULES)[number];

/** What the chain says of a bidder, at a block that all who select have to agree on. */
export interface BidderRecord {
  /** Reputation in 1/10000. */
  score: number;
  /** Stake that can be locked, in wei. */
  free: bigint;
  /** What it can bid with where an offer asks for a bond, in wei. Default: 0. */
  bond?: bigint | undefined;
}

export interface SelectWinnerParameters {
  offers: OffersDomain;
  offer: Offer;
  /** Bids whose signatures were checked. */
  bids: readonly SignedBid[];
  /** By account, in lower case. Who has none cannot win. */
  records: ReadonlyMap<string, BidderRecord>;
  rule: SelectionRule;
  /** Unix second at which the winner's turn is to begin. */
  from: number;
}

export interface Selection {
  winner: SignedBid;
  /** The best bid of another worker. */
  backup: SignedBid | undefined;
}

const FULL_SCORE = 10_000n;

/**
 * Finds the winner of an offer and its backup. A pure function: whoever has the same bids and records finds the same two. Of equal bids
 * the first one by SHA-256(offer ‖ offer ‖ 0 ‖ worker) wins, which no nonce changes.
 *
 * Left out are bids for another offer, beside its prices or its limit, that end before `from`, or of workers without the stake, the
 * score or the bond for a batch.
 *
 * @returns `undefined` if no bid is left.
 */
export function selectWinner(parameters: SelectWinnerParameters): Selection | undefined {
  const { offers, offer, bids, records, rule } = parameters;
  const digest = offerDigest(offers, offer);
  const candidates = bids
    .filter((signed) => isFit(parameters, digest, signed))
    .map((signed) => ({
      signed,
      score: records.get(nameOf(signed.bid.worker))?.score ?? 0,
      place: claimKey({ seed: digest, job: digest, batch: 0 }, signed.bid.worker),
      digest: bidDigest(offers, signed.bid),
    }));
  candidates.sort(
    (a, b) => COMPARE[rule](a, b) || byText(a.place, b.place) || byText(a.digest, b.digest),
  );
  const winner = candidates[0]?.signed;
  if (winner === undefined) return undefined;
  const isOther = ({ signed }: Candidate) =>
    nameOf(signed.bid.worker) !== nameOf(winner.bid.worker);
  return { winner, backup: candidates.find(isOther)?.signed };
}

/** Whether an account has what a batch of these terms asks of its worker. */
export function isEligible(
  { stakePerBatch, minScore }: Pick<Offer["terms"], "stakePerBatch" | "minScore">,
  { score, free }: BidderRecord,
): boolean {
  return free >= stakePerBatch && score >= (minScore & ~RESERVED);
}

interface Candidate {
  signed: SignedBid;
  score: number;
  place: Hex;
  digest: Hex;
}

const COMPARE: Readonly<Record<SelectionRule, (a: Candidate, b: Candidate) => number>> = {
  lowestPrice: (a, b) => byPrice(a, b) || byTime(a, b),
  fastest: (a, b) => byTime(a, b) || byPrice(a, b),
  weightedByReputation: (a, b) => byWeighed(a, b) || byTime(a, b),
};

function isFit(
  { offer, records, from }: SelectWinnerParameters,
  digest: Hex,
  { bid }: SignedBid,
): boolean {
  const record = records.get(nameOf(bid.worker));
  return (
    bid.offer === digest &&
    bid.reward >= offer.minReward &&
    bid.reward <= offer.maxReward &&
    costAt(offer, bid.reward) <= offer.limit &&
    bid.goodUntil >= from &&
    bid.workSeconds <= offer.terms.submitWindowSeconds &&
    record !== undefined &&
    (record.bond ?? 0n) >= offer.bidBond &&
    isEligible(offer.terms, record)
  );
}

const byPrice = (a: Candidate, b: Candidate) => compare(a.signed.bid.reward, b.signed.bid.reward);
const byTime = (a: Candidate, b: Candidate) => a.signed.bid.workSeconds - b.signed.bid.workSeconds;

/** The price divided by 1 + score: a full score is worth twice the price of none. Multiplied out, so that nothing is rounded. */
function byWeighed(a: Candidate, b: Candidate): number {
  const weight = ({ score }: Candidate) => FULL_SCORE + BigInt(score);
  return compare(a.signed.bid.reward * weight(b), b.signed.bid.reward * weight(a));
}

const compare = (a: bigint, b: bigint) => Number(a > b) - Number(a < b);
const byText = (a: string, b: string) => Number(a > b) - Number(a < b);
const nameOf = (account: Address) => account.toLowerCase();
