import { encode } from "@ipld/dag-cbor";
import { bytesToHex } from "viem";
import { expect, test } from "vitest";
import { distort, fuzz, mutate, pick } from "../../../../test/fixtures/fuzz.ts";
import {
  awardFields,
  bidFields,
  cidOf,
  decodeStrictly,
  offerFields,
  readAward,
  readBid,
  readOffer,
  WireError,
} from "../index.ts";

/** A reader, and what writes again what it has read. */
const KINDS = [
  (value: unknown) => offerFields(readOffer(value)),
  (value: unknown) => bidFields(readBid(value)),
  (value: unknown) => awardFields(readAward(value)),
];
const TERMS = {
  ...{ requester: new Uint8Array(20), token: new Uint8Array(20), arbiter: new Uint8Array(20) },
  ...{ taskCount: 1, batchSize: 1, stakePerBatch: "0", minScore: 0, claimUntil: 9 },
  ...{ submitWindowSeconds: 9, challengeWindowSeconds: 9, salt: "0" },
};
const VALUES = [
  {
    offer: {
      ...{ terms: TERMS, minReward: "1", maxReward: "2", rampFrom: 1, rampSeconds: 1 },
      ...{ takeUntil: 9, limit: "9", fee: "0", selector: new Uint8Array(20), awardUntil: 5 },
      ...{ turnSeconds: 3, bidBond: "0", nonce: "0" },
    },
    spec: {
      ...{ program: cidOf(Uint8Array.of(1)), manifest: cidOf(Uint8Array.of(2), "dag-cbor") },
      ...{ inputRoot: new Uint8Array(32), machineRoot: new Uint8Array(32) },
      ...{ memoryPages: 1, maxResultBytes: 1, maxSteps: "1" },
    },
    sig: new Uint8Array(65),
  },
  {
    bid: {
      ...{ offer: new Uint8Array(32), worker: new Uint8Array(20), reward: "1" },
      ...{ workSeconds: 1, goodUntil: 1, nonce: "0" },
    },
    sig: new Uint8Array(65),
  },
  {
    award: {
      ...{ offer: new Uint8Array(32), firstBatch: 0, batchCount: 1, winner: new Uint8Array(20) },
      ...{ backup: new Uint8Array(20), reward: "1", from: 1, bid: new Uint8Array(32) },
    },
    sig: new Uint8Array(65),
  },
];

test("offers, bids and awards are read only in the bytes in which they would have been written", () =>
  fuzz({
    make: (random) => {
      const kind = random.below(KINDS.length);
      const value = VALUES[kind];
      const strange = () =>
        pick(random, [random.bytes(random.below(70)), "007", "9".repeat(79), 2 ** 41]);
      const bytes = encode(random.below(2) === 0 ? distort(random, value, strange) : value);
      return { kind, bytes: random.below(2) === 0 ? mutate(random, bytes) : bytes };
    },
    check: ({ kind, bytes }) => {
      let value: unknown;
      try {
        value = decodeStrictly(bytes);
      } catch {
        return; // no dag-cbor, of which others take care
      }
      let again: unknown;
      try {
        again = KINDS[kind]?.(value);
      } catch (error) {
        expect(error).toBeInstanceOf(WireError);
        return;
      }
      expect(bytesToHex(encode(again))).toBe(bytesToHex(bytes));
    },
    show: ({ kind, bytes }) => `${kind} ${Buffer.from(bytes).toString("hex")}`,
  }));
