import { hash } from "node:crypto";
import { blake3 as nativeBlake3 } from "@napi-rs/blake-hash";

// What `#hashes` is in Node; elsewhere it is portable.ts.

/** 10 GB/s on blocks of 1 MiB. */
export const blake3 = (bytes: Uint8Array): Uint8Array<ArrayBuffer> =>
  new Uint8Array(nativeBlake3(bytes));

export const sha256 = (bytes: Uint8Array): Uint8Array<ArrayBuffer> =>
  hash("sha256", bytes, "buffer");
