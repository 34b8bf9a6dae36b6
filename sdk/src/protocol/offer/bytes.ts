import { encode } from "@ipld/dag-cbor";
import { decodeStrictly } from "../dagCbor/decodeStrictly.ts";
import type { SignedBid, SignedOffer } from "./offer.ts";
import { readSignedBid, readSignedOffer, signedBidFields, signedOfferFields } from "./wire.ts";

/** An offer in dag-cbor: to be kept, or handed on by other ways than the network's. */
export function encodeSignedOffer(offer: SignedOffer): Uint8Array {
  return encode(signedOfferFields(offer));
}

/** @throws {@link WireError}, or another Error, on anything that {@link encodeSignedOffer} would not have written. */
export function decodeSignedOffer(bytes: Uint8Array): SignedOffer {
  return readSignedOffer(decodeStrictly(bytes));
}

/** A bid in dag-cbor. */
export function encodeSignedBid(bid: SignedBid): Uint8Array {
  return encode(signedBidFields(bid));
}

/** @throws {@link WireError}, or another Error, on anything that {@link encodeSignedBid} would not have written. */
export function decodeSignedBid(bytes: Uint8Array): SignedBid {
  return readSignedBid(decodeStrictly(bytes));
}
