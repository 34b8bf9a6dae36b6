import { type Hex, numberToHex } from "viem";

/** Encodes a number for RLP: without leading zeros, and 0 as the empty string. */
export function minimal(value: Hex | number | bigint): Hex {
  const number = BigInt(value);
  if (number === 0n) return "0x";
  const digits = numberToHex(number).slice(2);
  return `0x${digits.length % 2 === 1 ? "0" : ""}${digits}`;
}
