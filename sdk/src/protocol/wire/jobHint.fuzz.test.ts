import { decode, encode } from "@ipld/dag-cbor";
import { bytesToHex } from "viem";
import { expect, test } from "vitest";
import { distort, fuzz, mutate } from "../../../../test/fixtures/fuzz.ts";
import { WireError } from "../errors/wire.ts";
import { decodeJobHint } from "./jobHint.ts";

test("gossip: a job hint is read only in the bytes in which it would have been written", () =>
  fuzz({
    make: (random) => {
      const hint = {
        ...{ v: 1, job: random.bytes(32), block: random.below(2 ** 32) * random.below(2 ** 20) },
        at: random.below(2 ** 32) * 400,
      };
      const bytes = encode(random.below(2) === 0 ? distort(random, hint) : hint);
      return random.below(2) === 0 ? mutate(random, bytes) : bytes;
    },
    check: (bytes) => {
      let hint: ReturnType<typeof decodeJobHint>;
      try {
        hint = decodeJobHint(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(WireError);
        return;
      }
      const fields = decode(bytes) as { job: Uint8Array };
      expect(bytesToHex(fields.job)).toBe(hint.job);
      const { job } = fields;
      const again = encode({ v: 1, job, block: Number(hint.block), at: hint.atMs });
      expect(bytesToHex(again)).toBe(bytesToHex(bytes));
    },
  }));
