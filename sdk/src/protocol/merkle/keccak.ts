import { keccak_256 } from "@noble/hashes/sha3.js";

/** keccak256 of `message` written into `out` at `offset`: nothing is allocated for the digest. */
export function keccakInto(message: Uint8Array, out: Uint8Array, offset = 0): void {
  keccak_256
    .create()
    .update(message)
    .digestInto(out.subarray(offset, offset + 32));
}
