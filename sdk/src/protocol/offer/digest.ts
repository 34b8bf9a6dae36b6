import type { Address, Hex } from "viem";
import { hashTyped, type SigningDomain, typedDigest, typeOf } from "../hashes/typedData.ts";
import { TERMS } from "../job/hash.ts";
import type { Award, Bid, Offer } from "./offer.ts";
import { AWARD, BID, OFFER } from "./structs.ts";

/** The contract for which offers, bids and awards are signed. */
export interface OffersDomain {
  chainId: number;
  /** The `Offers` contract. */
  offers: Address;
}

const TERMS_TYPE = typeOf("JobTerms", TERMS);
/** A struct within another is spelled behind it. */
const OFFER_TYPE = typeOf("Offer", { terms: "JobTerms", ...OFFER }) + TERMS_TYPE;
const BID_TYPE = typeOf("Bid", BID);
const AWARD_TYPE = typeOf("Award", AWARD);

const domainOf = ({ chainId, offers }: OffersDomain): SigningDomain => ({
  ...{ name: "Assay Offers", version: "1", chainId, verifyingContract: offers },
});

/**
 * The EIP-712 digest of an offer: what its requester signs, and its name.
 *
 * @throws RangeError when a value does not fit its type.
 */
export function offerDigest(ref: OffersDomain, { terms, ...offer }: Offer): Hex {
  const hashed = { terms: hashTyped(TERMS_TYPE, TERMS, terms), ...offer };
  const fields = { terms: "bytes32", ...OFFER } as const;
  return typedDigest(domainOf(ref), hashTyped(OFFER_TYPE, fields, hashed));
}

/** The EIP-712 digest of a bid. @throws RangeError when a value does not fit its type. */
export function bidDigest(ref: OffersDomain, bid: Bid): Hex {
  return typedDigest(domainOf(ref), hashTyped(BID_TYPE, BID, bid));
}

/** The EIP-712 digest of an award. @throws RangeError when a value does not fit its type. */
export function awardDigest(ref: OffersDomain, award: Award): Hex {
  return typedDigest(domainOf(ref), hashTyped(AWARD_TYPE, AWARD, award));
}
