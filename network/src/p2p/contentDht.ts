import { hash } from "node:crypto";
import { type ContentRouting, contentRoutingSymbol } from "@libp2p/interface";
import { type KadDHT, type KadDHTInit, kadDHT } from "@libp2p/kad-dht";
import { peerIdFromString } from "@libp2p/peer-id";
import { CID } from "multiformats/cid";
import * as raw from "multiformats/codecs/raw";
import * as Digest from "multiformats/hashes/digest";
import { sha256 } from "multiformats/hashes/sha2";

/**
 * The key of a content's provider records in the DHT: the sha2-256 of its multihash.
 *
 * `@libp2p/kad-dht` reads the multihash in a request as a CID, which it can be for sha2-256 alone (a CIDv0 is nothing but
 * its multihash); it drops the connection's stream for any other, blake3 among them.
 */
export function dhtKey(cid: CID): CID {
  const digest = hash("sha256", cid.multihash.bytes, "buffer");
  return CID.createV1(raw.code, Digest.create(sha256.code, digest));
}

/** Where a peer is in the DHT: the first 32 bits of its key there. The distance of two places is their XOR, without a sign. */
export function placeOfPeer(peerId: string): number {
  return hash("sha256", peerIdFromString(peerId).toMultihash().bytes, "buffer").readUInt32BE();
}

/** The same of a content. */
export function placeOfContent(cid: CID): number {
  return hash("sha256", dhtKey(cid).multihash.bytes, "buffer").readUInt32BE();
}

/** An option of every query of `@libp2p/kad-dht` 16. */
const WITHOUT_SELF_QUERY = { isSelfQuery: true };

/** The Kademlia DHT, such that contents under any hash function can be provided and found. */
export function contentDht(
  init: KadDHTInit,
): (...parameters: Parameters<ReturnType<typeof kadDHT>>) => KadDHT {
  return (components) => {
    const dht = kadDHT(init)(components) as KadDHT & { [contentRoutingSymbol]: ContentRouting };
    const routing = dht[contentRoutingSymbol];
    const byDhtKey: ContentRouting = {
      provide: (cid, options) => routing.provide(dhtKey(cid), options),
      cancelReprovide: (cid, options) => routing.cancelReprovide(dhtKey(cid), options),
      // Other queries wait until a node has looked at its own neighbourhood. One bootstrap peer is enough to look for a provider.
      findProviders: (cid, options) =>
        routing.findProviders(dhtKey(cid), { ...options, ...WITHOUT_SELF_QUERY }),
      put: (key, value, options) => routing.put(key, value, options),
      get: (key, options) => routing.get(key, options),
    };
    return Object.defineProperty(dht, contentRoutingSymbol, { value: byDhtKey });
  };
}
