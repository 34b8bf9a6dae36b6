import { CID } from "multiformats/cid";
import { bytesToHex, hexToBytes } from "viem";
import { expect, test } from "vitest";
import { fuzz, mutate, pick } from "../../../../test/fixtures/fuzz.ts";
import { admittedCid, type ChainCid, toChainCid } from "./chainCid.ts";

/** Version 1, raw or dag-cbor, blake3 or sha2-256, 32 bytes: by its bytes alone. */
const ADMITTED = /^0x01(55|71)(1e|12)20$/;

test("CIDs from the chain: those that are admitted are, and come back as they were", () =>
  fuzz<ChainCid>({
    make: (random) => {
      const prefix = Uint8Array.of(
        random.below(8) === 0 ? random.below(256) : 1,
        pick(random, [0x55, 0x71, 0x70, 0x00, 0x80]),
        pick(random, [0x1e, 0x12, 0x00, 0x1b, 0x80]),
        pick(random, [0x20, 0x20, 0x1f, 0x21, 0x00, 0xff]),
      );
      const changed = random.below(3) === 0 ? mutate(random, prefix) : prefix;
      const digest = random.below(8) === 0 ? mutate(random, random.bytes(32)) : random.bytes(32);
      return { prefix: bytesToHex(changed), digest: bytesToHex(digest) };
    },
    check: (chainCid) => {
      const cid = admittedCid(chainCid);
      const isRight = ADMITTED.test(chainCid.prefix) && chainCid.digest.length === 66;
      expect(cid !== undefined).toBe(isRight);
      if (cid !== undefined) expect(toChainCid(cid)).toEqual(chainCid);
    },
    show: JSON.stringify,
  }));

test("CIDs as bytes: what the library takes and Assay admits has one spelling", () =>
  fuzz({
    make: (random) => {
      const bytes = Uint8Array.of(1, pick(random, [0x55, 0x71]), 0x12, 0x20, ...random.bytes(32));
      return mutate(random, bytes);
    },
    check: (bytes) => {
      const hex = bytesToHex(bytes);
      const cid = admittedCid({
        prefix: hex.slice(0, 10) as `0x${string}`,
        digest: `0x${hex.slice(10)}`,
      });
      if (cid === undefined) return;
      expect(hexToBytes(hex)).toEqual(cid.bytes);
      expect(CID.parse(cid.toString()).equals(cid)).toBe(true);
    },
  }));
