import { CID } from "multiformats/cid";
import { isChainCid } from "../cid/chainCid.ts";

// What a decoded dag-cbor block is made of, told apart one field at a time: blocks come from strangers.

/** A map with exactly these keys, or `undefined`. */
export function asRecord<Key extends string>(
  value: unknown,
  keys: readonly Key[],
): Record<Key, unknown> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  if (Object.keys(value).length !== keys.length) return undefined;
  return keys.every((key) => Object.hasOwn(value, key))
    ? (value as Record<Key, unknown>)
    : undefined;
}

/** A list of exactly `length` items, or `undefined`. */
export function asTuple(value: unknown, length: number): readonly unknown[] | undefined {
  return Array.isArray(value) && value.length === length ? value : undefined;
}

/** A CID that Assay admits, or `undefined`. */
export function asContentCid(value: unknown): CID | undefined {
  const cid = CID.asCID(value);
  return cid !== null && isChainCid(cid) ? cid : undefined;
}

/** A whole number from 0 to 2^53 − 1, or `undefined`. */
export function asCount(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
}
