import type { Hex } from "viem";
import type { Offer } from "../../protocol/offer/offer.ts";

/** What a requester signs beside the terms: `contracts/offers/types/Offer.sol` has the same. */
export type OfferConditions = Omit<Offer, "terms">;

/** How the money of a job comes along: as credit that is there, as tokens that the Marketplace may take, or by Permit2. */
export type OfferPayment =
  | { source: "credit" }
  /** With an ERC-2612 permit of the requester's for the Marketplace, or an allowance that is there already. */
  | { source: "allowance"; permit?: TokenPermit | undefined }
  | { source: "permit2"; permit: Permit2Transfer };

export interface TokenPermit {
  value: bigint;
  deadline: bigint;
  v: number;
  r: Hex;
  s: Hex;
}

/** What a requester signs for Permit2: see `permit2TypedData`. */
export interface Permit2Transfer {
  /** The most that may be taken, in the token's smallest unit. */
  amount: bigint;
  nonce: bigint;
  deadline: bigint;
  signature: Hex;
}
