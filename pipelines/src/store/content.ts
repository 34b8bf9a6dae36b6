import { blake3 } from "@assay/sdk/protocol";

/** BLAKE3 digests, in bytes. */
export const DIGEST_BYTES = 32;

/** Bytes by their digest. They may be in the store alone. */
export interface Content {
  readonly digest: Uint8Array;
  bytes: Uint8Array | undefined;
}

export function digestOf(bytes: Uint8Array): Uint8Array {
  return blake3.encode(bytes) as Uint8Array;
}

export function contentOf(bytes: Uint8Array): Content {
  return { digest: digestOf(bytes), bytes };
}

/** A digest as a key of a map: a character a byte. */
export function keyOf(digest: Uint8Array): string {
  return Buffer.from(digest.buffer, digest.byteOffset, digest.byteLength).toString("latin1");
}
