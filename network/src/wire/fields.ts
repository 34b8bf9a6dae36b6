import {
  asCount,
  asRecord,
  bytesToHex,
  decodeStrictly,
  hexToBytes,
  WireError,
} from "@assay/sdk/protocol";
import type { Delegation } from "./delegation.ts";

/** Longest signature of a delegation, in bytes: that of an account which is a contract may be longer than the 65 of a key. */
const MAX_SIGNATURE_BYTES = 2_048;

// What messages of all kinds are made of. Whatever is read comes from strangers.

/** @throws WireError when the bytes are not dag-cbor in its one form. */
export function decoded(bytes: Uint8Array): unknown {
  try {
    return decodeStrictly(bytes);
  } catch (cause) {
    throw new WireError("not dag-cbor", { cause });
  }
}

/** A delegation as it stands in a message, under `by`. */
export function delegationFields(delegation: Delegation | undefined) {
  if (delegation === undefined) return null;
  return {
    account: hexToBytes(delegation.account),
    until: delegation.expiresAt,
    sig: hexToBytes(delegation.signature),
  };
}

/** @throws WireError */
export function readDelegation(value: unknown): Delegation | undefined {
  if (value === null) return undefined;
  const fields = asRecord(value, ["account", "until", "sig"]);
  if (fields === undefined) throw new WireError("by is no delegation");
  const { sig } = fields;
  const isSignature = sig instanceof Uint8Array && sig.length <= MAX_SIGNATURE_BYTES;
  if (!isSignature) throw new WireError("the delegation has no signature");
  return {
    account: bytesToHex(asBytes(fields.account, 20, "account")),
    expiresAt: asNumber(fields.until, "until"),
    signature: bytesToHex(sig),
  };
}

/** @throws WireError */
export function asBytes(value: unknown, length: number, name: string): Uint8Array {
  if (value instanceof Uint8Array && value.length === length) return value;
  throw new WireError(`${name} is not ${length} bytes`);
}

/** @throws WireError */
export function asNumber(value: unknown, name: string): number {
  const count = asCount(value);
  if (count === undefined) throw new WireError(`${name} is not a whole number`);
  return count;
}

/** A stranger's words, as they can be shown to people: without what a terminal would obey, and not longer than `most` characters. */
export function plainText(text: string, most: number): string {
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, " ").slice(0, most);
}
