import { hexToBytes as bytesOf, bytesToHex as digitsOf } from "@noble/hashes/utils.js";
import type { Hex } from "viem";

// viem has the same, and with it come 400 modules and 25 MB, which a peer that reads no chain does without.

export const ZERO_ADDRESS = `0x${"00".repeat(20)}` as const;
export const ZERO_HASH = `0x${"00".repeat(32)}` as const;

export const bytesToHex = (bytes: Uint8Array): Hex => `0x${digitsOf(bytes)}`;

/** @throws when it is not an even number of hexadecimal digits. */
export const hexToBytes = (hex: Hex): Uint8Array<ArrayBuffer> =>
  new Uint8Array(bytesOf(hex.slice(2)));

export const isHex = (text: string): text is Hex => /^0x[0-9a-f]*$/i.test(text);
