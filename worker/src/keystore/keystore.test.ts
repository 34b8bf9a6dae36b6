import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { Wallet } from "@ethereumjs/wallet";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readAddress, writeKeystore } from "./keystoreFile.ts";
import { readPassword } from "./password.ts";
import { decryptKey, encryptKey } from "./secretStorage.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "assay-keystore-"));
});
afterAll(() => rm(folder, { recursive: true }));

const names = { file: "key.json", passwordSource: "the test" };

// The test vectors of the Web3 Secret Storage Definition.
const secret = "0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d";
const password = "testpassword";
const pbkdf2Vector = {
  crypto: {
    cipher: "aes-128-ctr",
    cipherparams: { iv: "6087dab2f9fdbbfaddc31a909735c1e6" },
    ciphertext: "5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46",
    kdf: "pbkdf2",
    kdfparams: {
      c: 262144,
      dklen: 32,
      prf: "hmac-sha256",
      salt: "ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd",
    },
    mac: "517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2",
  },
  id: "3198bc9c-6672-5ab3-d995-4942343ae5b6",
  version: 3,
};
const scryptVector = {
  crypto: {
    cipher: "aes-128-ctr",
    cipherparams: { iv: "83dbcc02d8ccb40e466191a123791e0e" },
    ciphertext: "d172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c",
    kdf: "scrypt",
    kdfparams: {
      dklen: 32,
      n: 262144,
      p: 8,
      r: 1,
      salt: "ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19",
    },
    mac: "2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097",
  },
  id: "3198bc9c-6672-5ab3-d995-4942343ae5b6",
  version: 3,
};

describe("the definition's vectors", () => {
  test.each([
    ["pbkdf2", pbkdf2Vector],
    ["scrypt", scryptVector],
  ])("%s", async (_, vector) => {
    const text = JSON.stringify(vector);
    expect(await decryptKey(text, password, names)).toBe(secret);
    await expect(decryptKey(text, "other", names)).rejects.toMatchObject({
      code: "WRONG_PASSWORD",
      shortMessage: "The password from the test does not open key.json: check both.",
    });
  });
});

test("an independent implementation reads what is written, and the other way round", async () => {
  const text = await encryptKey(secret, "pässword ☃");
  const theirs = await Wallet.fromV3(text, "pässword ☃");
  expect(theirs.getPrivateKeyString()).toBe(secret);
  const written = await theirs.toV3String("again");
  expect(await decryptKey(written, "again", names)).toBe(secret);
  expect(text).not.toContain(secret.slice(2));
});

describe("what is no keystore is named for it", () => {
  const { crypto } = scryptVector;
  const kdfparams = { ...crypto.kdfparams };
  test.each([
    ["text", "not JSON"],
    ["null", "its version is undefined"],
    [{ version: 1 }, "its version is 1"],
    [{ version: 3 }, "no crypto section"],
    [{ version: 3, crypto: { ...crypto, cipher: "aes-256-gcm" } }, "its cipher is aes-256-gcm"],
    [{ version: 3, crypto: { ...crypto, kdf: "argon2id" } }, "its key derivation is argon2id"],
    [{ version: 3, crypto: { ...crypto, ciphertext: "00" } }, "its ciphertext has not 32 bytes"],
    [{ version: 3, crypto: { ...crypto, mac: "zz" } }, "its mac has not 32 bytes"],
    [{ version: 3, crypto: { ...crypto, kdfparams: {} } }, "its kdfparams are incomplete"],
    [
      { version: 3, crypto: { ...crypto, kdfparams: { ...kdfparams, n: 2 ** 30 } } },
      "asks for too much memory",
    ],
    [
      { version: 3, crypto: { ...crypto, kdfparams: { ...kdfparams, n: 1000 } } },
      "its scrypt parameters are none",
    ],
  ])("%j", async (content, message) => {
    const text = typeof content === "string" ? content : JSON.stringify(content);
    await expect(decryptKey(text, password, names)).rejects.toMatchObject({
      code: "KEYSTORE_INVALID",
      shortMessage: expect.stringContaining(message),
    });
  });
});

describe("a keystore file", () => {
  test("is its owner's alone, names its account, and is not overwritten", async () => {
    const file = join(folder, "below", "key.json");
    const address = await writeKeystore(file, secret, password);
    expect(address).toBe("0x008AeEda4D805471dF9b2A5B0f38A0C3bCBA786b");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readAddress(file)).toBe(address);
    const before = await readFile(file, "utf8");
    await expect(writeKeystore(file, secret, password)).rejects.toMatchObject({ code: "KEY_FILE" });
    expect(await readFile(file, "utf8")).toBe(before);
  });
});

describe("a password", () => {
  const noTerminal = { stdin: new PassThrough(), stderr: new PassThrough() };

  test("is the first line of a file", async () => {
    const passwordFile = join(folder, "password");
    await writeFile(passwordFile, "correct horse \r\nbattery\n");
    expect(await readPassword({ passwordFile }, {}, noTerminal)).toMatchObject({
      password: "correct horse ",
      source: passwordFile,
    });
  });

  test("is taken out of the environment", async () => {
    const environment = { ASSAY_PASSWORD: "p" };
    expect(await readPassword({ passwordFile: undefined }, environment, noTerminal)).toMatchObject({
      password: "p",
    });
    expect(environment).toEqual({});
  });

  test("that cannot be asked for is an error that says where else it may be", async () => {
    await expect(readPassword({ passwordFile: undefined }, {}, noTerminal)).rejects.toThrow(
      "give --password-file or ASSAY_PASSWORD",
    );
    const gone = join(folder, "gone");
    await expect(readPassword({ passwordFile: gone }, {}, noTerminal)).rejects.toThrow(
      `--password-file ${gone} cannot be read (ENOENT)`,
    );
  });

  test("that is new must not be empty", async () => {
    const environment = { ASSAY_PASSWORD: "" };
    await expect(
      readPassword({ passwordFile: undefined, isNew: true }, environment, noTerminal),
    ).rejects.toThrow("is empty");
  });

  test("is asked for on a terminal without echo, a new one twice", async () => {
    const ask = async (lines: string[]) => {
      const stdin = Object.assign(new PassThrough(), { isTTY: true });
      const stderr = new PassThrough();
      let shown = "";
      stderr.on("data", (text) => {
        shown += text;
        if (shown.endsWith(": ")) stdin.write(`${lines.shift()}\n`);
      });
      const parameters = { passwordFile: undefined, isNew: true };
      return { ...(await readPassword(parameters, {}, { stdin, stderr })), shown };
    };
    expect(await ask(["open sesame", "open sesame"])).toEqual({
      password: "open sesame",
      source: "the terminal",
      shown: "Password: \nAgain: \n",
    });
    await expect(ask(["open sesame", "open sesam"])).rejects.toThrow("The two passwords differ");
  });
});
