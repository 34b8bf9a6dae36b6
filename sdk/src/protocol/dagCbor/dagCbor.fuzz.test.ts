import { decode, encode } from "@ipld/dag-cbor";
import { encode as encodeCbor } from "cborg";
import { bytesToHex } from "viem";
import { expect, test } from "vitest";
import { anything, fuzz, mutate } from "../../../../test/fixtures/fuzz.ts";
import { decodeStrictly } from "./decodeStrictly.ts";

test("dag-cbor: one form for each value, as the specification has it", () =>
  fuzz({
    make: (random) => {
      const value = anything(random, 4);
      const isSorted = random.below(3) > 0;
      // CBOR at large: keys in any order, floats as short as they go.
      const bytes = isSorted
        ? encode(value)
        : encodeCbor(value, { mapSorter: () => 0, float64: random.below(2) === 0 });
      return random.below(2) === 0 ? mutate(random, bytes) : bytes;
    },
    check: (bytes) => {
      let value: unknown;
      try {
        value = decodeStrictly(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
        return;
      }
      expect(bytesToHex(encode(decode(bytes)))).toBe(bytesToHex(bytes));
      expect(bytesToHex(encode(value))).toBe(bytesToHex(bytes));
    },
  }));

test.each([
  ["keys in another order", "a2617602616101"],
  ["1.0 for 1", "fb3ff0000000000000"],
  ["a float of 16 bits", "f93e00"],
  ["undefined", "f7"],
  ["a length in more bytes than it takes", "1800"],
  ["a key twice", "a2616101616101"],
  ["an array without end", "9f01ff"],
  ["a tag that is no CID", "c100"],
  ["20,000 arrays in each other", "81".repeat(20_000)],
  ["a list longer than the block", "9b0000ffffffffffff"],
])("%s is refused", (_, hex) => {
  expect(() => decodeStrictly(Buffer.from(hex, "hex"))).toThrow();
});
