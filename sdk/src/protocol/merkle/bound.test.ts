import { concatHex, type Hex, hexToBytes, keccak256, stringToHex } from "viem";
import { expect, test } from "vitest";
import { bytesToHex } from "../hashes/hex.ts";
import { bindRoot, isRootOf } from "./bound.ts";

const root = hexToBytes(keccak256(stringToHex("root")));
const worker: Hex = "0x00000000000000000000000000000000000000a1";
const other: Hex = "0x00000000000000000000000000000000000000a2";

test("a bound root is the hash of root and worker", () => {
  const expected = keccak256(concatHex(["0x02", bytesToHex(root), worker]));
  expect(bytesToHex(bindRoot(root, worker))).toBe(expected);
});

test("a worker commits to its root as it is, or bound to itself", () => {
  const bound = bindRoot(root, worker);
  expect(isRootOf(root, { root, worker })).toBe(true);
  expect(isRootOf(root, { root, worker: undefined })).toBe(true);
  expect(isRootOf(bound, { root, worker })).toBe(true);
  expect(isRootOf(bound, { root, worker: other })).toBe(false);
  expect(isRootOf(bound, { root, worker: undefined })).toBe(false);
});
