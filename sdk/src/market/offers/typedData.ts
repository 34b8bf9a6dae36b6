import type { OffersDomain } from "../../protocol/offer/digest.ts";
import type { Award, Bid, Offer } from "../../protocol/offer/offer.ts";

const TERMS = [
  { name: "requester", type: "address" },
  { name: "token", type: "address" },
  { name: "arbiter", type: "address" },
  { name: "taskCount", type: "uint32" },
  { name: "batchSize", type: "uint32" },
  { name: "rewardPerTask", type: "uint96" },
  { name: "stakePerBatch", type: "uint96" },
  { name: "minScore", type: "uint16" },
  { name: "claimUntil", type: "uint40" },
  { name: "submitWindowSeconds", type: "uint32" },
  { name: "challengeWindowSeconds", type: "uint32" },
  { name: "salt", type: "uint64" },
  { name: "specHash", type: "bytes32" },
] as const;

/** What a requester signs beside the terms, in the contract's order. */
export const CONDITIONS = [
  { name: "minReward", type: "uint96" },
  { name: "maxReward", type: "uint96" },
  { name: "rampFrom", type: "uint40" },
  { name: "rampSeconds", type: "uint32" },
  { name: "takeUntil", type: "uint40" },
  { name: "limit", type: "uint256" },
  { name: "fee", type: "uint96" },
  { name: "selector", type: "address" },
  { name: "awardUntil", type: "uint40" },
  { name: "turnSeconds", type: "uint32" },
  { name: "bidBond", type: "uint96" },
  { name: "nonce", type: "uint256" },
] as const;

const OFFER = [{ name: "terms", type: "JobTerms" }, ...CONDITIONS] as const;

const BID = [
  { name: "offer", type: "bytes32" },
  { name: "worker", type: "address" },
  { name: "reward", type: "uint96" },
  { name: "workSeconds", type: "uint32" },
  { name: "goodUntil", type: "uint40" },
  { name: "nonce", type: "uint256" },
] as const;

/** What a selector signs, in the contract's order. */
export const AWARD = [
  { name: "offer", type: "bytes32" },
  { name: "firstBatch", type: "uint32" },
  { name: "batchCount", type: "uint32" },
  { name: "winner", type: "address" },
  { name: "backup", type: "address" },
  { name: "reward", type: "uint96" },
  { name: "from", type: "uint40" },
  { name: "bid", type: "bytes32" },
] as const;

const domainOf = ({ offers, chainId }: OffersDomain) => ({
  ...{ name: "Assay Offers", version: "1", chainId },
  verifyingContract: offers,
});

/** The typed data of an offer (EIP-712), as viem's `signTypedData` takes it. */
export function offerTypedData(domain: OffersDomain, offer: Offer) {
  return {
    domain: domainOf(domain),
    types: { Offer: OFFER, JobTerms: TERMS },
    primaryType: "Offer",
    message: offer,
  } as const;
}

/** The typed data of a bid. */
export function bidTypedData(domain: OffersDomain, bid: Bid) {
  return {
    domain: domainOf(domain),
    types: { Bid: BID },
    primaryType: "Bid",
    message: bid,
  } as const;
}

/** The typed data of an award. */
export function awardTypedData(domain: OffersDomain, award: Award) {
  return {
    domain: domainOf(domain),
    types: { Award: AWARD },
    primaryType: "Award",
    message: award,
  } as const;
}
