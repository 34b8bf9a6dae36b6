import { createHash } from "node:crypto";
import { CID } from "multiformats/cid";
import { identity } from "multiformats/hashes/identity";
import { sha256, sha512 } from "multiformats/hashes/sha2";
import { describe, expect, test } from "vitest";
import {
  BlockMismatchError,
  blake3,
  cidOf,
  fromChainCid,
  toChainCid,
  UnsupportedCidError,
  verifyBlock,
} from "../../index.ts";

const bytes = new TextEncoder().encode("hotspot");

describe("blake3", () => {
  test("gives the published digest of the empty message", () => {
    const digest = Buffer.from(blake3.digest(new Uint8Array()).digest).toString("hex");
    expect(digest).toBe("af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262");
  });

  test("is a multihash hasher for blocks of any size and view", () => {
    const large = new Uint8Array(1 << 20).map((_, i) => i % 251);
    const view = new Uint8Array([0, ...large]).subarray(1);
    expect(blake3.digest(view).bytes).toEqual(blake3.digest(large).bytes);
    expect(blake3.digest(bytes)).toMatchObject({ code: 0x1e, size: 32 });
  });

  test("refuses to truncate", () => {
    expect(() => blake3.digest(bytes, { truncate: 20 })).toThrow(RangeError);
  });
});

describe("CIDs on chain", () => {
  test.each([
    ["raw", "0x01551e20"],
    ["dag-cbor", "0x01711e20"],
  ] as const)("a %s block has prefix %s", (codec, prefix) => {
    const cid = cidOf(bytes, codec);
    expect(toChainCid(cid).prefix).toBe(prefix);
    expect(fromChainCid(toChainCid(cid)).equals(cid)).toBe(true);
  });

  test("sha2-256 round-trips", async () => {
    const cid = CID.createV1(0x55, await sha256.digest(bytes));
    const digest = createHash("sha256").update(bytes).digest("hex");
    expect(toChainCid(cid)).toEqual({ prefix: "0x01551220", digest: `0x${digest}` });
    expect(fromChainCid(toChainCid(cid)).toString()).toBe(cid.toString());
  });

  test.each([
    ["CIDv0", async () => CID.createV0(await sha256.digest(bytes))],
    ["dag-pb", async () => CID.createV1(0x70, await sha256.digest(bytes))],
    ["sha2-512", async () => CID.createV1(0x55, await sha512.digest(bytes))],
    ["an identity hash", async () => CID.createV1(0x55, identity.digest(bytes))],
  ])("%s is refused", async (_, make) => {
    const cid = await make();
    expect(() => toChainCid(cid)).toThrow(UnsupportedCidError);
  });

  test.each([
    ["another prefix", "0x01701220", `0x${"ab".repeat(32)}`],
    ["a short digest", "0x01551e20", `0x${"ab".repeat(31)}`],
    ["a long digest", "0x01551e20", `0x${"ab".repeat(33)}`],
    ["a shifted split", "0x01551e", `0x20${"ab".repeat(32)}`],
    ["no hex", "0x01551e2g", `0x${"ab".repeat(32)}`],
    ["zeros", "0x00000000", `0x${"00".repeat(32)}`],
  ] as const)("%s from the chain is refused", (_, prefix, digest) => {
    expect(() => fromChainCid({ prefix, digest })).toThrow(
      expect.objectContaining({ code: "CID_UNSUPPORTED" }),
    );
  });
});

describe("verifyBlock", () => {
  test("accepts the block under blake3 and sha2-256", async () => {
    verifyBlock(cidOf(bytes), bytes);
    verifyBlock(CID.createV1(0x55, await sha256.digest(bytes)), bytes);
  });

  test("refuses one flipped bit, and names the CID", () => {
    const cid = cidOf(bytes);
    const flipped = bytes.with(3, (bytes[3] ?? 0) ^ 1);
    expect(() => verifyBlock(cid, flipped)).toThrow(BlockMismatchError);
    expect(() => verifyBlock(cid, flipped)).toThrow(cid.toString());
  });

  test("refuses a hash function it cannot check", async () => {
    const cid = CID.createV1(0x55, await sha512.digest(bytes));
    expect(() => verifyBlock(cid, bytes)).toThrow(UnsupportedCidError);
  });
});
