import { WireError } from "@assay/sdk";
import { decode, encode } from "@ipld/dag-cbor";
import { privateKeyToAccount } from "viem/accounts";
import { describe, expect, test } from "vitest";
import { gossipSigner, signedDelegation, TEST_MARKET } from "../../test/gossip.ts";
import { isSignedByAccount } from "../wire/delegation.ts";
import { verifierOf } from "../wire/signer.ts";
import {
  decodeMessage,
  encodeMessage,
  isSigned,
  jobsTopic,
  MAX_HINTS,
  MAX_MESSAGE_BYTES,
} from "./message.ts";

const topic = jobsTopic(TEST_MARKET.chainId, TEST_MARKET.marketplace);
const job = `0x${"5a".repeat(32)}` as const;
const signer = gossipSigner();
const hints = { hints: [{ job, block: 2n ** 40n }] };
const presence = { presence: { roles: ["worker"], tags: ["region:eu"], freeBatches: 3 } };
const said = { sequence: 7, atMs: 1_700_000_000_000, delegation: undefined, body: hints };

describe("gossip messages", () => {
  test.each([
    ["hints", hints],
    ["presence", presence],
  ])("%s round-trip, signed", (_, body) => {
    const message = { ...said, body };
    const read = decodeMessage(topic, encodeMessage(topic, message, signer));
    expect(read).toMatchObject({ ...message, key: signer.key });
    expect(isSigned(read, verifierOf(read.key))).toBe(true);
  });

  test("a delegation goes along, and counts for its key, its chain and its Marketplace alone", async () => {
    const { delegation, account } = await signedDelegation(signer);
    const read = decodeMessage(topic, encodeMessage(topic, { ...said, delegation }, signer));
    expect(read.delegation).toEqual(delegation);
    expect(delegation.account).toBe(account.address);
    const key = `0x${Buffer.from(signer.key).toString("hex")}` as const;
    const otherKey = `0x${"11".repeat(32)}` as const;
    expect(isSignedByAccount(TEST_MARKET, key, delegation)).toBe(true);
    expect(isSignedByAccount(TEST_MARKET, otherKey, delegation)).toBe(false);
    expect(isSignedByAccount({ ...TEST_MARKET, chainId: 1 }, key, delegation)).toBe(false);
    const later = { ...delegation, expiresAt: delegation.expiresAt + 1 };
    expect(isSignedByAccount(TEST_MARKET, key, later)).toBe(false);
    const thief = privateKeyToAccount(`0x${"22".repeat(32)}`).address;
    expect(isSignedByAccount(TEST_MARKET, key, { ...delegation, account: thief })).toBe(false);
    const noSignature = { ...delegation, signature: "0x" as const };
    expect(isSignedByAccount(TEST_MARKET, key, noSignature)).toBe(false);
  });

  test("a signature counts for its topic and its bytes alone", () => {
    const bytes = encodeMessage(topic, said, signer);
    const elsewhere = decodeMessage(`${topic}2`, bytes);
    expect(isSigned(elsewhere, verifierOf(signer.key))).toBe(false);
    const later = encodeMessage(topic, { ...said, atMs: said.atMs + 1 }, signer);
    const changed = Buffer.concat([bytes.subarray(0, 64), later.subarray(64)]);
    expect(isSigned(decodeMessage(topic, changed), verifierOf(signer.key))).toBe(false);
    const other = gossipSigner();
    expect(isSigned(decodeMessage(topic, bytes), verifierOf(other.key))).toBe(false);
  });

  test("one hint takes less than 300 bytes, 64 take less than 4 KiB", () => {
    expect(encodeMessage(topic, said, signer).length).toBeLessThan(300);
    const many = Array.from({ length: MAX_HINTS }, () => ({ job, block: 2n ** 40n }));
    const bytes = encodeMessage(topic, { ...said, body: { hints: many } }, signer);
    expect(bytes.length).toBeLessThan(4_096);
  });

  const good = decode(encodeMessage(topic, said, signer).subarray(64)) as Record<string, unknown>;
  const signed = (payload: Uint8Array) => Buffer.concat([new Uint8Array(64), payload]);
  const anHint = [new Uint8Array(32), 7];
  test.each([
    ["another version", { ...good, v: 1 }],
    ["a short key", { ...good, key: new Uint8Array(31) }],
    ["a key in hex", { ...good, key: "00".repeat(32) }],
    ["a negative number", { ...good, seq: -1 }],
    ["a fractional time", { ...good, at: 1.5 }],
    ["a number beyond 2^53", { ...good, seq: 2n ** 60n }],
    ["an unknown key", { ...good, more: 1 }],
    ["a delegation without an account", { ...good, by: { until: 1, sig: new Uint8Array(65) } }],
    [
      "a delegation with a signature of 3 KiB",
      { ...good, by: { account: new Uint8Array(20), until: 1, sig: new Uint8Array(3_072) } },
    ],
    ["no body", { ...good, body: null }],
    ["an unknown body", { ...good, body: { offers: [] } }],
    ["no hints", { ...good, body: { hints: [] } }],
    ["too many hints", { ...good, body: { hints: Array(MAX_HINTS + 1).fill(anHint) } }],
    ["a short job", { ...good, body: { hints: [[new Uint8Array(31), 7]] } }],
    ["a hint without a block", { ...good, body: { hints: [[new Uint8Array(32)]] } }],
    ["a presence without roles", { ...good, body: { presence: { tags: [], free: 1 } } }],
    [
      "a long label",
      { ...good, body: { presence: { roles: ["x".repeat(65)], tags: [], free: 1 } } },
    ],
    ["a list", [2, good.key]],
    ["null", null],
  ])("%s is refused", (_, message) => {
    expect(() => decodeMessage(topic, signed(encode(message)))).toThrow(WireError);
  });

  test("bytes that are not dag-cbor, or too many, are refused", () => {
    for (const bytes of [
      new Uint8Array([0xff]),
      new Uint8Array(),
      signed(new Uint8Array([...encode(good), 0])),
      signed(new Uint8Array(1_024).fill(0x81)),
      encode(good),
      new Uint8Array(MAX_MESSAGE_BYTES + 1),
    ]) {
      expect(() => decodeMessage(topic, bytes)).toThrow(WireError);
    }
  });

  test("what cannot be read is not written", () => {
    const negative = { ...said, body: { hints: [{ job, block: -1n }] } };
    expect(() => encodeMessage(topic, negative, signer)).toThrow(RangeError);
  });

  test("the topic names chain and marketplace in lower case", () => {
    expect(jobsTopic(10, "0x70997970C51812dc3A010C7d01b50e0d17dc79C8")).toBe(
      "/assay/2/10/0x70997970c51812dc3a010c7d01b50e0d17dc79c8/jobs",
    );
  });
});
