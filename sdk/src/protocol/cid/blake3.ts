import * as Digest from "multiformats/hashes/digest";
import type { DigestOptions } from "multiformats/hashes/hasher";
import type { SyncMultihashHasher } from "multiformats/hashes/interface";
import { blake3 as hash } from "#hashes";
import { BLAKE3_CODE } from "./codec.ts";

/**
 * BLAKE3 with a 32-byte digest as a multiformats hasher: synchronous, and native in Node.
 * Truncated digests are refused, since the chain has a place for 32 bytes.
 */
export const blake3: SyncMultihashHasher<typeof BLAKE3_CODE> = {
  name: "blake3",
  code: BLAKE3_CODE,
  encode: hash,
  digest(input: Uint8Array, options?: DigestOptions) {
    if (options?.truncate !== undefined && options.truncate !== 32) {
      throw new RangeError("blake3 digests are 32 bytes here and are never truncated");
    }
    return Digest.create(BLAKE3_CODE, blake3.encode(input));
  },
};
