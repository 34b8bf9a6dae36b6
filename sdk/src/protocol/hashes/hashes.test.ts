import { bytesToHex } from "viem";
import { describe, expect, test } from "vitest";
import * as native from "./native.ts";
import * as portable from "./portable.ts";
import { hashStruct } from "./struct.ts";

/** The input of BLAKE3's own test vectors. */
const input = (length: number) => Uint8Array.from({ length }, (_, i) => i % 251);

test.each([
  [0, "0xaf1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"],
  [1, "0x2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213"],
])("BLAKE3 of %d bytes is what its test vectors say", (length, digest) => {
  expect(bytesToHex(native.blake3(input(length)))).toBe(digest);
  expect(bytesToHex(portable.blake3(input(length)))).toBe(digest);
});

test.each([0, 1, 1023, 1024, 1025, 65_535, 65_536, 65_537, 2 ** 20])(
  "the hashes of %d bytes are the same in Node and elsewhere",
  (length) => {
    const bytes = input(length);
    expect(portable.blake3(bytes)).toEqual(native.blake3(bytes));
    expect(portable.sha256(bytes)).toEqual(Uint8Array.from(native.sha256(bytes)));
  },
);

describe("what does not fit its type is not hashed", () => {
  test.each([
    ["uint8", 256],
    ["uint8", -1],
    ["uint8", 1.5],
    ["bytes4", "0x123456"],
    ["address", `0x${"0".repeat(64)}`],
    ["bytes32", `0x${"g".repeat(64)}`],
  ] as const)("%s %s", (type, value) => {
    expect(() => hashStruct({ value: type }, { value } as never)).toThrow(RangeError);
  });
});
