import type { CID } from "multiformats/cid";
import { sha256 } from "#hashes";
import { BlockMismatchError, UnsupportedCidError } from "../errors/content.ts";
import { blake3 } from "./blake3.ts";
import { BLAKE3_CODE, SHA2_256_CODE } from "./codec.ts";

/**
 * Checks that `bytes` are the block which `cid` names, under blake3 or sha2-256.
 *
 * @throws {@link BlockMismatchError} when they are not.
 * @throws {@link UnsupportedCidError} for any other hash function.
 */
export function verifyBlock(cid: CID, bytes: Uint8Array): void {
  const expected = cid.multihash.digest;
  let actual: Uint8Array;
  if (cid.multihash.code === BLAKE3_CODE) actual = blake3.encode(bytes);
  else if (cid.multihash.code === SHA2_256_CODE) actual = sha256(bytes);
  else throw new UnsupportedCidError(cid.toString());

  if (actual.length !== expected.length || actual.some((byte, i) => byte !== expected[i])) {
    throw new BlockMismatchError(cid);
  }
}
