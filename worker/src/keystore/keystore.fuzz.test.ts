import { AssayError } from "@assay/sdk";
import { Wallet } from "@ethereumjs/wallet";
import { beforeAll, expect, test } from "vitest";
import { anything, distort, fuzz, mutateText, pick } from "../../../test/fixtures/fuzz.ts";
import type { Random } from "../../../test/fixtures/random.ts";
import { addressIn, decryptKey } from "./secretStorage.ts";

const PASSWORD = "testpass";
const wallet = Wallet.fromPrivateKey(Buffer.alloc(32, 0x11));
const names = { file: "key.json", passwordSource: "the test" };

let keystores: object[];
beforeAll(async () => {
  const kinds = [
    { kdf: "scrypt", n: 2, r: 1, p: 1 },
    { kdf: "scrypt", n: 16, r: 8, p: 2 },
    { kdf: "pbkdf2", c: 3 },
  ];
  keystores = await Promise.all(
    kinds.map(async (kind) => ({ ...(await wallet.toV3(PASSWORD, kind)) })),
  );
});

/** What stands in for a part of a keystore: other sizes of other costs, but none that takes long and is allowed. */
function replacement(random: Random): unknown {
  return pick(random, [
    ...[
      0,
      1,
      2,
      8,
      32,
      64,
      1.5,
      -1,
      2 ** 40,
      2 ** 53,
      "2",
      "16",
      "0x10",
      "32",
      "1e1",
      null,
      {},
      [],
    ],
    ...["scrypt", "pbkdf2", "hmac-sha256", "hmac-sha512", "aes-128-ctr", "aes-128-cbc", "00", "0x"],
    ...["ab".repeat(16), "cd".repeat(32), `0x${"ab".repeat(20)}`, "3", 3],
    anything(random),
  ]);
}

function keystore(random: Random): string {
  let json: unknown = pick(random, keystores);
  for (let times = random.below(3); times > 0; times--) {
    json = distort(random, json, () => replacement(random));
  }
  const text = `${pick(random, ["", "", "\uFEFF", " \n"])}${JSON.stringify(json)}`;
  return random.below(3) === 0 ? mutateText(random, text) : text;
}

test("keystores: the key and no other, or an error that names the file", () =>
  fuzz({
    make: keystore,
    check: async (text) => {
      let key: string;
      try {
        addressIn(text, names.file);
        key = await decryptKey(text, PASSWORD, names);
      } catch (error) {
        expect(error).toBeInstanceOf(AssayError);
        expect(["KEYSTORE_INVALID", "WRONG_PASSWORD"]).toContain((error as AssayError).code);
        expect((error as Error).message).toContain(names.file);
        return;
      }
      if (key === wallet.getPrivateKeyString()) return;
      // The mac does not cover the iv: where the keystore does not say whose it is, another iv is another key, for everybody.
      const theirs = await Wallet.fromV3(text.replace(/^\uFEFF/, ""), PASSWORD, true);
      expect(key).toBe(theirs.getPrivateKeyString());
    },
  }));
