import type { Hex } from "viem";
import { keccakOfHex } from "./keccak.ts";

/** The fields of a Solidity struct, in its order, whose values take one word each. */
export type Fields = Readonly<Record<string, "address" | `uint${number}` | `bytes${number}`>>;

export type ValuesOf<F extends Fields> = {
  readonly [Name in keyof F]: F[Name] extends `uint${number}` ? number | bigint : Hex;
};

const WORD_DIGITS = 64;

/**
 * `keccak256(abi.encode(…))` of such a struct: the words of its values one after the other.
 *
 * @throws RangeError when a value does not fit its type.
 */
export function hashStruct<F extends Fields>(fields: F, values: ValuesOf<F>): Hex {
  const words = Object.entries(fields).map(([name, type]) => {
    const word = wordOf(type, values[name] as number | bigint | Hex);
    if (word === undefined) throw new RangeError(`${name} is no ${type}: ${values[name]}`);
    return word;
  });
  return keccakOfHex(`0x${words.join("")}`);
}

/** In hex digits: numbers stand at the right, bytes at the left. */
function wordOf(type: string, value: number | bigint | Hex): string | undefined {
  if (type.startsWith("uint")) {
    const number = BigInt(value);
    const fits = number >= 0n && number >> BigInt(type.slice("uint".length)) === 0n;
    return fits ? number.toString(16).padStart(WORD_DIGITS, "0") : undefined;
  }
  const byteLength = type === "address" ? 20 : Number(type.slice("bytes".length));
  const [, digits] = /^0x([0-9a-f]*)$/i.exec(String(value)) ?? [];
  if (digits?.length !== 2 * byteLength) return undefined;
  return type === "address" ? digits.padStart(WORD_DIGITS, "0") : digits.padEnd(WORD_DIGITS, "0");
}
