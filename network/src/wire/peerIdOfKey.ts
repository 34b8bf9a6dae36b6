import { publicKeyFromRaw } from "@libp2p/crypto/keys";
import { peerIdFromPublicKey } from "@libp2p/peer-id";

/**
 * The peer id that follows from a peer's Ed25519 public key of 32 bytes.
 *
 * @throws when the bytes are no such key.
 */
export function peerIdOfKey(key: Uint8Array): string {
  return peerIdFromPublicKey(publicKeyFromRaw(key)).toString();
}
