import { decode, encode } from "@ipld/dag-cbor";
import { CID } from "multiformats/cid";
import { bytesToHex } from "viem";
import { expect, test } from "vitest";
import { distort, fuzz, mutate, pick } from "../../../../test/fixtures/fuzz.ts";
import type { Random } from "../../../../test/fixtures/random.ts";
import { ManifestError } from "../errors/manifest.ts";
import { type InputEntry, Outcome, type ResultEntry } from "../job/job.ts";
import {
  decodeIndex,
  decodeInputPage,
  decodeResultPage,
  encodeIndex,
  encodeInputPage,
  encodeResultPage,
} from "./blocks.ts";

function cidOf(random: Random, codec = pick(random, [0x55, 0x71])): CID {
  const code = pick(random, [0x1e, 0x12]);
  return CID.decode(Uint8Array.of(1, codec, code, 0x20, ...random.bytes(32)));
}

/** The block as it is, with a part changed, or with bytes changed. */
function changed(random: Random, block: Uint8Array): Uint8Array {
  const bytes = random.below(2) === 0 ? encode(distort(random, decode(block))) : block;
  return random.below(2) === 0 ? mutate(random, bytes) : bytes;
}

/** What is read has to be all that the block says: written again, it is the same block. */
function readsAll(bytes: Uint8Array, readAndWrite: () => Uint8Array): void {
  let again: Uint8Array;
  try {
    again = readAndWrite();
  } catch (error) {
    expect(error).toBeInstanceOf(ManifestError);
    return;
  }
  expect(bytesToHex(again)).toBe(bytesToHex(bytes));
}

test("index blocks", () =>
  fuzz({
    make: (random) => {
      const pages = Array.from({ length: random.below(4) }, () => ({
        cid: cidOf(random, 0x71),
        root: random.bytes(32),
      }));
      return changed(
        random,
        encodeIndex({ kind: "assay/inputs", count: random.below(2 ** 20), pages }),
      );
    },
    check: (bytes) => readsAll(bytes, () => encodeIndex(decodeIndex(bytes, "assay/inputs"))),
  }));

test("pages of inputs", () =>
  fuzz({
    make: (random) => {
      const entries = Array.from(
        { length: 2 },
        (): InputEntry => ({
          cid: cidOf(random),
          byteLength: random.below(2 ** 32),
        }),
      );
      return changed(random, encodeInputPage(4_096, entries));
    },
    check: (bytes) =>
      readsAll(bytes, () =>
        encodeInputPage(4_096, decodeInputPage(bytes, { first: 4_096, count: 2 })),
      ),
  }));

test("pages of results", () =>
  fuzz({
    make: (random) => {
      const entries = Array.from(
        { length: 3 },
        (): ResultEntry =>
          random.below(2) === 0
            ? { outcome: Outcome.ok, cid: cidOf(random), byteLength: random.below(2 ** 32) }
            : { outcome: pick(random, [Outcome.trap, Outcome.overLimit]) },
      );
      return changed(random, encodeResultPage(0, entries));
    },
    check: (bytes) =>
      readsAll(bytes, () => encodeResultPage(0, decodeResultPage(bytes, { first: 0, count: 3 }))),
  }));
