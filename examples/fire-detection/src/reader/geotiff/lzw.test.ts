import { expect, test } from "vitest";
import { decodeLzw } from "./lzw.ts";

/** Codes of 9 bits, the most significant bit first. */
function packed(...codes: number[]): Uint8Array {
  const bits = codes.map((code) => code.toString(2).padStart(9, "0")).join("");
  return Uint8Array.from(bits.match(/.{1,8}/g) ?? [], (byte) =>
    Number.parseInt(byte.padEnd(8, "0"), 2),
  );
}

test("the string before and its own first byte once more", () => {
  // "a", then "aa", which is not in the table yet, then "b".
  expect(decodeLzw(packed(256, 97, 258, 98, 257), 4)).toEqual(new TextEncoder().encode("aaab"));
});

test("a stream that does not begin with a clear table is refused, as are codes that nothing defines", () => {
  expect(() => decodeLzw(packed(97, 98, 257), 2)).toThrow("does not begin with a clear table");
  expect(() => decodeLzw(packed(256, 97, 300, 257), 9)).toThrow("LZW code 300 of 258");
});
