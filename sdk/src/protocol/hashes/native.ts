import { hash } from "node:crypto";
import { createRequire } from "node:module";
import { blake3 as portableBlake3 } from "./portable.ts";

// What `#hashes` is in Node; elsewhere it is portable.ts.

const native = load();

/** Its binary is an optional package for each platform: an install without it is slower and no less right. */
function load(): typeof import("@napi-rs/blake-hash") | undefined {
  try {
    return createRequire(import.meta.url)("@napi-rs/blake-hash");
  } catch {
    return undefined;
  }
}

/** 10 GB/s on blocks of 1 MiB. */
export const blake3: (bytes: Uint8Array) => Uint8Array<ArrayBuffer> =
  native === undefined
    ? (bytes) => new Uint8Array(portableBlake3(bytes))
    : (bytes) => new Uint8Array(native.blake3(bytes));

export const sha256 = (bytes: Uint8Array): Uint8Array<ArrayBuffer> =>
  hash("sha256", bytes, "buffer");
