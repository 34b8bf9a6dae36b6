import { keccak_256 } from "@noble/hashes/sha3.js";
import type { Hex } from "viem";
import { bytesToHex, hexToBytes } from "./hex.ts";

/** keccak256 of `message` written into `out` at `offset`: nothing is allocated for the digest. */
export function keccakInto(message: Uint8Array, out: Uint8Array, offset = 0): void {
  keccak_256
    .create()
    .update(message)
    .digestInto(out.subarray(offset, offset + 32));
}

/** keccak256 of the bytes that `message` spells. */
export function keccakOfHex(message: Hex): Hex {
  return bytesToHex(keccak_256(hexToBytes(message)));
}

/** keccak256 of a text in UTF-8. */
export function keccakOfText(message: string): Uint8Array {
  return keccak_256(new TextEncoder().encode(message));
}
