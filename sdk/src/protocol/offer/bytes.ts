import { encode } from "@ipld/dag-cbor";
import { decodeStrictly } from "../dagCbor/decodeStrictly.ts";
import type { AnnouncedOffer, SignedBid } from "./offer.ts";
import { bidFields, offerFields, readBid, readOffer } from "./wire.ts";

/** An offer in dag-cbor: to be kept, or handed on by other ways than the network's. */
export function encodeOffer(offer: AnnouncedOffer): Uint8Array {
  return encode(offerFields(offer));
}

/** @throws {@link WireError}, or another Error, on anything that {@link encodeOffer} would not have written. */
export function decodeOffer(bytes: Uint8Array): AnnouncedOffer {
  return readOffer(decodeStrictly(bytes));
}

/** A bid in dag-cbor. */
export function encodeBid(bid: SignedBid): Uint8Array {
  return encode(bidFields(bid));
}

/** @throws {@link WireError}, or another Error, on anything that {@link encodeBid} would not have written. */
export function decodeBid(bytes: Uint8Array): SignedBid {
  return readBid(decodeStrictly(bytes));
}
