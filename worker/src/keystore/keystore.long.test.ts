import { Wallet } from "@ethereumjs/wallet";
import { expect, test } from "vitest";
import { decryptKey } from "./secretStorage.ts";

test("a keystore of exactly 1 GiB is read", async () => {
  const secret = `0x${"11".repeat(32)}` as const;
  const wallet = Wallet.fromPrivateKey(Buffer.from(secret.slice(2), "hex"));
  const text = await wallet.toV3String("testpass", { n: 2 ** 20, r: 8, p: 1 });
  const names = { file: "key.json", passwordSource: "the test" };
  expect(await decryptKey(text, "testpass", names)).toBe(secret);
});
