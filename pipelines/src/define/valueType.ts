import { decode } from "./dagCborDecode.ts";
import { encode } from "./dagCborEncode.ts";

/** What goes along an edge: values in TypeScript, bytes in the store and to programs. */
export interface ValueType<T> {
  /** Two edges fit when their names are equal; everything fits `bytes`. */
  readonly name: string;
  encode(value: T): Uint8Array;
  /** Throws for bytes that are no value of this type. */
  decode(bytes: Uint8Array): T;
}

const writer = new TextEncoder();
const reader = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Bytes as they are. They are shared between steps: a function does not change those that it is given. */
export const bytes: ValueType<Uint8Array> = {
  name: "bytes",
  encode(value) {
    if (!(value instanceof Uint8Array))
      throw new TypeError(`bytes are a Uint8Array, not ${typeof value}`);
    return value;
  },
  decode: (value) => value,
};

/** UTF-8. */
export const text: ValueType<string> = {
  name: "text",
  encode(value) {
    if (typeof value !== "string") throw new TypeError(`text is a string, not ${typeof value}`);
    return writer.encode(value);
  },
  decode: (value) => reader.decode(value),
};

/**
 * Structured values in dag-cbor: null, booleans, numbers, strings, bytes, CIDs, lists and maps. `undefined` and bigints beyond 64 bits have no
 * place in it.
 * @param name - tells values of different shapes apart. Default: `value`.
 */
export function value<T>(name = "value"): ValueType<T> {
  return { name, encode, decode: (bytes) => decode<T>(bytes) };
}

/** Types by the names that a YAML file gives them. Others are values under a name of their own. */
export function valueTypeOf(name: string): ValueType<unknown> {
  if (name === bytes.name) return bytes as ValueType<unknown>;
  return name === text.name ? (text as ValueType<unknown>) : value(name);
}

/** Whether what `gives` may go where `takes` is wanted. */
export function fits(gives: ValueType<unknown>, takes: ValueType<unknown>): boolean {
  return takes.name === gives.name || takes.name === bytes.name;
}
