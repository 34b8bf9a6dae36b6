import * as library from "@ipld/dag-cbor";
import { encode as encodeCbor } from "cborg";
import { expect, test } from "vitest";
import { anything, fuzz, mutate } from "../../../test/fixtures/fuzz.ts";
import { decode } from "./dagCborDecode.ts";
import { encode } from "./dagCborEncode.ts";

const shown = (action: () => unknown) => {
  try {
    return { is: action() };
  } catch {
    return "refused";
  }
};

test("values have the library's bytes, and bytes the library's values, or both refuse", () =>
  fuzz({
    make: (random) => {
      const value =
        random.below(3) === 0
          ? {
              [`ä${random.below(9)}`]: 1,
              long: "é€😀 ".repeat(random.below(20)),
              a: [anything(random, 3), -0, 1.5, 2 ** 53, -(2 ** 53), 2 ** 60],
            }
          : anything(random, 4);
      const bytes =
        random.below(2) === 0
          ? library.encode(value)
          : encodeCbor(value, { mapSorter: () => 0, float64: random.below(2) === 0 });
      return { value, bytes: random.below(2) === 0 ? mutate(random, bytes) : bytes };
    },
    check: ({ value, bytes }) => {
      expect(shown(() => Buffer.from(encode(value)).toString("hex"))).toEqual(
        shown(() => Buffer.from(library.encode(value as never)).toString("hex")),
      );
      expect(shown(() => decode(bytes))).toEqual(shown(() => library.decode(bytes)));
    },
    show: ({ bytes }) => Buffer.from(bytes).toString("hex"),
  }));

test.each([
  ["undefined", undefined],
  ["undefined in a list", [undefined]],
  ["NaN", Number.NaN],
  ["infinity", { a: Number.POSITIVE_INFINITY }],
  ["a function", { a: () => {} }],
  ["a symbol", Symbol("a")],
  ["minus zero", -0],
  ["a large bigint", 2n ** 63n],
  ["a list with a hole", new Array(2)],
  ["an empty key", { "": 1 }],
  [
    "a Map",
    new Map([
      ["b", 1],
      ["a", 2],
    ]),
  ],
  ["a Date", new Date(0)],
  ["a lone surrogate", "\ud800"],
  ["a view of numbers", new Uint16Array([1, 2])],
  ["keys of another order", { bb: 1, a: 2, ä: 3 }],
])("%s is encoded as by the library", (_, value) => {
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
  expect(shown(() => hex(encode(value)))).toEqual(shown(() => hex(library.encode(value as never))));
});
