import { createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";

/** Signs with a peer's Ed25519 key. */
export interface Signer {
  /** Ed25519 public key, 32 bytes. */
  readonly key: Uint8Array;
  sign(bytes: Uint8Array): Uint8Array;
}

/** @param seedAndKey - an Ed25519 private key as libp2p has it raw: the seed, then the public key, 32 bytes each. */
export function signerOf(seedAndKey: Uint8Array): Signer {
  const key = Uint8Array.from(seedAndKey.subarray(32, 64));
  const privateKey = createPrivateKey({
    format: "jwk",
    key: {
      ...{ kty: "OKP", crv: "Ed25519" },
      ...{ d: base64url(seedAndKey.subarray(0, 32)), x: base64url(key) },
    },
  });
  return { key, sign: (bytes) => sign(null, bytes, privateKey) };
}

/** @throws TypeError when the bytes are no point of the curve. */
export function verifierOf(key: Uint8Array): KeyObject {
  return createPublicKey({
    format: "jwk",
    key: { kty: "OKP", crv: "Ed25519", x: base64url(key) },
  });
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}
