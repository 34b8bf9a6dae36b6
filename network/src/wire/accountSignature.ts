import { bytesToHex, hexToBytes, keccakOfHex } from "@assay/sdk/protocol";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import type { Address, Hex } from "viem";

/**
 * Whether an account itself, by its own key, signed a digest. An account that is a contract has no key: what it signs is not seen here.
 * Of the two signatures that follow from each other, only the one that contracts take counts.
 */
export function isSignedByKey(account: Address, digest: Hex, signature: Hex): boolean {
  try {
    const bytes = hexToBytes(signature);
    // Ethereum's order is r, s, v; the library has v, from 0, in front.
    const [v = 0] = bytes.subarray(64);
    if (bytes.length !== 65 || (v !== 27 && v !== 28)) return false;
    const recovered = Uint8Array.of(v - 27, ...bytes.subarray(0, 64));
    if (secp256k1.Signature.fromBytes(recovered, "recovered").hasHighS()) return false;
    const key = secp256k1.recoverPublicKey(recovered, hexToBytes(digest), { prehash: false });
    const point = secp256k1.Point.fromBytes(key).toBytes(false).subarray(1);
    const signer = `0x${keccakOfHex(bytesToHex(point)).slice(-40)}`;
    return signer === account.toLowerCase();
  } catch {
    return false; // no signature of any key
  }
}
