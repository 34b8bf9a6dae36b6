import { decode, encode } from "@ipld/dag-cbor";

/**
 * Decodes dag-cbor in the one form that its specification gives each value: map keys sorted, whole numbers as such. The library's own
 * decoder also takes keys in another order, 1.0 for 1 and undefined for null, which other implementations refuse.
 *
 * @throws Error when the bytes are anything else.
 */
export function decodeStrictly(bytes: Uint8Array): unknown {
  const value: unknown = decode(bytes);
  const again = encode(value);
  if (again.length !== bytes.length || again.some((byte, i) => byte !== bytes[i])) {
    throw new Error("not in the form that dag-cbor prescribes");
  }
  return value;
}
