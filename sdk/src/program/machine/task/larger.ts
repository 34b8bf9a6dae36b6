import { CID } from "multiformats/cid";
import { create } from "multiformats/hashes/digest";
import { blake3 } from "#hashes";
import { BLAKE3_CODE, RAW_CODE } from "../../../protocol/cid/codec.ts";
import { MAX_BLOCK_BYTES } from "../../../protocol/content/content.ts";
import { encodeLargerContent } from "../../../protocol/content/larger.ts";

/** The root of a content above 1 MiB. */
export interface LargerRoot {
  bytes: Uint8Array;
  /** Of its blocks. */
  digests: readonly Uint8Array[];
}

export function rootOf(bytes: Uint8Array): LargerRoot {
  const digests: Uint8Array[] = [];
  for (let from = 0; from < bytes.length; from += MAX_BLOCK_BYTES) {
    digests.push(blake3(bytes.subarray(from, from + MAX_BLOCK_BYTES)));
  }
  return { bytes: rootFrom(digests, bytes.length), digests };
}

/** The root's bytes, by the digests of its blocks. */
export function rootFrom(digests: readonly Uint8Array[], byteLength: number): Uint8Array {
  return encodeLargerContent({
    byteLength,
    links: digests.map((digest, index) => ({
      cid: CID.createV1(RAW_CODE, create(BLAKE3_CODE, digest)),
      byteLength: Math.min(MAX_BLOCK_BYTES, byteLength - index * MAX_BLOCK_BYTES),
    })),
  });
}

/** Bytes of the root before the list of links, of up to 23 and of more; below 2³² bytes of content. */
const BEFORE_LINKS = [40, 41];
/** Bytes of one link: of the pair, the CID and the length. */
const LINK_BYTES = 47;
/** Bytes of a link before its digest. */
const BEFORE_DIGEST = 10;
const SHORT_LIST = 23;

/** Where the digest of a link stands in the root. */
export function linkOffset({ digests }: LargerRoot, index: number): number {
  const before = BEFORE_LINKS[digests.length > SHORT_LIST ? 1 : 0] as number;
  return before + LINK_BYTES * index + BEFORE_DIGEST;
}
