import { offerFields, WireError } from "@assay/sdk";
import { encode } from "@ipld/dag-cbor";
import { bytesToHex, zeroAddress } from "viem";
import { expect, test } from "vitest";
import { distort, fuzz, mutate, pick } from "../../../test/fixtures/fuzz.ts";
import { signedOffer } from "../../test/offers.ts";
import { decodeMessage, encodeMessage, type ReceivedMessage } from "./message.ts";

const topic = "/assay/2/1/0x/jobs";
const OFFER = offerFields(signedOffer({ requester: zeroAddress, signature: "0x5a" }));

test("gossip: a message is read only in the bytes in which it would have been written", () =>
  fuzz({
    make: (random) => {
      const hint = () => [random.bytes(32), random.below(2 ** 32) * random.below(2 ** 20)];
      const labels = () => Array.from({ length: random.below(3) }, () => `l${random.below(99)}`);
      const delegation = () => ({
        ...{ account: random.bytes(20), until: random.below(2 ** 32) },
        sig: random.bytes(random.below(100)),
      });
      const message = {
        ...{ v: 2, key: random.bytes(32), seq: random.below(2 ** 32) },
        at: random.below(2 ** 32) * 400,
        by: random.below(2) === 0 ? null : delegation(),
        body: pick(random, [
          { hints: Array.from({ length: 1 + random.below(4) }, hint) },
          { presence: { roles: labels(), tags: labels(), free: random.below(9) } },
          { offer: OFFER },
        ]),
      };
      const payload = encode(random.below(2) === 0 ? distort(random, message) : message);
      const bytes = Buffer.concat([random.bytes(64), payload]);
      return random.below(2) === 0 ? mutate(random, bytes) : bytes;
    },
    check: (bytes) => {
      let message: ReceivedMessage;
      try {
        message = decodeMessage(topic, bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(WireError);
        return;
      }
      const { key, signature } = message;
      const again = encodeMessage(topic, message, { key, sign: () => signature });
      expect(bytesToHex(again)).toBe(bytesToHex(bytes));
    },
  }));
