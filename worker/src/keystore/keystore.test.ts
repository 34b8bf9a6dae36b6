import { createCipheriv, pbkdf2Sync, scryptSync } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { Wallet } from "@ethereumjs/wallet";
import { entropyToMnemonic } from "@scure/bip39";
import { bytesToHex, hexToBytes, keccak256 } from "viem";
import {
  english,
  french,
  japanese,
  korean,
  mnemonicToAccount,
  privateKeyToAddress,
  spanish,
} from "viem/accounts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readAddress, writeKeystore } from "./keystoreFile.ts";
import type { MnemonicOptions } from "./mnemonic.ts";
import { readPassword } from "./password.ts";
import { readKey } from "./readAccount.ts";
import { readSecretFile } from "./secretFile.ts";
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

/** A keystore of little work, as `change` leaves it. */
function made(
  change: (json: typeof scryptVector & Record<string, unknown>) => void = () => {},
  opens = password,
) {
  const salt = Buffer.alloc(32, 7);
  const iv = Buffer.alloc(16, 9);
  const derived = scryptSync(opens, salt, 32, { N: 16, r: 8, p: 1 });
  const cipher = createCipheriv("aes-128-ctr", derived.subarray(0, 16), iv);
  const ciphertext = cipher.update(hexToBytes(secret));
  const crypto = {
    ...{ cipher: "aes-128-ctr", cipherparams: { iv: iv.toString("hex") } },
    ciphertext: ciphertext.toString("hex"),
    kdf: "scrypt",
    kdfparams: { dklen: 32, n: 16, r: 8, p: 1, salt: salt.toString("hex") },
    mac: keccak256(Buffer.concat([derived.subarray(16, 32), ciphertext])).slice(2),
  };
  const json = { version: 3, id: scryptVector.id, crypto };
  change(json);
  return JSON.stringify(json);
}

describe("what other programs write is read", () => {
  const capitals = (text: string) =>
    text.replace(/"(crypto|kdfparams|dklen|mac|version)":/g, (name) => name.toUpperCase());
  test.each([
    [
      "a derived key longer than is needed",
      made((json) => Object.assign(json.crypto.kdfparams, { dklen: 64 })),
    ],
    ["one much longer", made((json) => Object.assign(json.crypto.kdfparams, { dklen: 1_024 }))],
    ["a byte order mark", `\uFEFF${made()}`],
    ["a version in quotes", made((json) => Object.assign(json, { version: "3" }))],
    [
      "numbers in quotes",
      made((json) => Object.assign(json.crypto.kdfparams, { n: "16", p: "1" })),
    ],
    ["names in capitals", capitals(made())],
    [
      "0x before digits",
      made((json) => Object.assign(json.crypto, { mac: `0x${json.crypto.mac}` })),
    ],
    ["no address", made((json) => Object.assign(json, { address: "" }))],
    [
      "its address in capitals",
      made((json) => Object.assign(json, { address: "008AEEDA4D805471DF9B2A5B0F38A0C3BCBA786B" })),
    ],
  ])("%s", async (_, text) => {
    expect(await decryptKey(text, password, names)).toBe(secret);
  });

  test("pbkdf2 with SHA-512", async () => {
    const salt = Buffer.alloc(8, 1);
    const derived = pbkdf2Sync(password, salt, 3, 32, "sha512");
    const cipher = createCipheriv("aes-128-ctr", derived.subarray(0, 16), Buffer.alloc(16));
    const ciphertext = cipher.update(hexToBytes(secret));
    const text = made(({ crypto }) =>
      Object.assign(crypto, {
        ...{ kdf: "pbkdf2", ciphertext: ciphertext.toString("hex") },
        kdfparams: { c: 3, dklen: 32, prf: "hmac-sha512", salt: salt.toString("hex") },
        cipherparams: { iv: "00".repeat(16) },
        mac: keccak256(Buffer.concat([derived.subarray(16, 32), ciphertext])),
      }),
    );
    expect(await decryptKey(text, password, names)).toBe(secret);
  });

  test("a password that its wallet brought into one form of Unicode first", async () => {
    const text = made(() => {}, "p\u00e4ssword");
    expect(await decryptKey(text, "pa\u0308ssword", names)).toBe(secret);
  });

  test("files of some Windows programs: UTF-8 with its mark, UTF-16 of either order", async () => {
    const file = join(folder, "windows");
    const little = Buffer.from("\uFEFFsecret\r\n", "utf16le");
    for (const bytes of [Buffer.from("\uFEFFsecret\r\n"), little, Buffer.from(little).swap16()]) {
      await writeFile(file, bytes);
      expect(await readSecretFile(file, "--from")).toBe("secret\r\n");
    }
  });

  test("no more of a file than a secret takes", async () => {
    await expect(readSecretFile("/dev/zero", "--key-file")).rejects.toMatchObject({
      code: "KEY_FILE",
      shortMessage: "--key-file /dev/zero is larger than 1 MiB: name the right file.",
    });
  });
});

describe("what would be another key is refused", () => {
  const stranger = "0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A";
  test.each([
    ["another address", (json) => Object.assign(json, { address: stranger }), "its key is of"],
    // The mac does not cover the iv, the address does.
    [
      "another iv",
      (json) => {
        Object.assign(json, { address: "008aeeda4d805471df9b2a5b0f38a0c3bcba786b" });
        Object.assign(json.crypto.cipherparams, { iv: "00".repeat(16) });
      },
      "its key is of",
    ],
    ["half an address", (json) => Object.assign(json, { address: "0x19E7" }), "its address"],
    [
      "a short derived key",
      (json) => Object.assign(json.crypto.kdfparams, { dklen: 16 }),
      "its dklen is 16",
    ],
    [
      "work without end",
      (json) => Object.assign(json.crypto.kdfparams, { n: 2 ** 20, p: 128 }),
      "too much work",
    ],
    [
      "memory beyond 1 GiB",
      (json) => Object.assign(json.crypto.kdfparams, { n: 2 ** 21 }),
      "too much memory",
    ],
    ["a presale wallet", (json) => Object.assign(json, { encseed: "00" }), "presale"],
  ] satisfies [string, (json: typeof scryptVector) => void, string][])(
    "%s",
    async (_, change, message) => {
      await expect(decryptKey(made(change), password, names)).rejects.toMatchObject({
        code: "KEYSTORE_INVALID",
        shortMessage: expect.stringContaining(message),
      });
    },
  );
});

describe("a mnemonic", () => {
  const junk = "test test test test test test test test test test test junk";
  const addressOf = async (text: string, options?: MnemonicOptions) =>
    privateKeyToAddress(await readKey(text, "key.txt", options));

  test("is the account that wallets make of it", async () => {
    expect(await addressOf(junk)).toBe("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
    expect(await addressOf(`  ${junk.toUpperCase().replaceAll(" ", " \r\n")}\n`)).toBe(
      await addressOf(junk),
    );
    expect(await addressOf(junk, { path: "m/44'/60'/0'/0/1" })).toBe(
      "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
    );
    const abandon = `${"abandon ".repeat(11)}about`;
    expect(await addressOf(abandon)).toBe("0x9858EfFD232B4033E47d90003D41EC34EcaEda94");
    const passphrase = "TREZOR";
    const { getHdKey } = mnemonicToAccount(abandon, { passphrase });
    const { privateKey } = getHdKey();
    expect(await readKey(abandon, "key.txt", { passphrase })).toBe(
      bytesToHex(privateKey ?? new Uint8Array()),
    );
  });

  test("may be in any language of BIP-39", async () => {
    const entropy = new Uint8Array(16).fill(0x5a);
    for (const words of [english, french, japanese, korean, spanish]) {
      const mnemonic = entropyToMnemonic(entropy, words);
      expect(await addressOf(mnemonic)).toBe(mnemonicToAccount(mnemonic).address);
    }
  });

  test.each([
    [junk.replace("junk", "test"), "whose checksum is wrong"],
    [junk.replace("junk", "jumk"), "word 12 is in no list of BIP-39"],
    [junk.replace(" junk", ""), "holds 11 words"],
    ["not hexadecimal", "holds 2 words"],
    ["11".repeat(31), "64 hexadecimal digits, or a mnemonic"],
    [`0x${"00".repeat(32)}`, "holds no private key"],
  ])("that is none is refused by its own name, and not shown: %s", async (text, message) => {
    const error = await readKey(text, "key.txt").catch((thrown) => thrown);
    expect(error).toMatchObject({
      code: "KEY_FILE",
      shortMessage: expect.stringContaining(message),
    });
    for (const word of ["junk", "jumk", "hexadecimal digits 11"])
      expect(error.message).not.toContain(word);
  });

  test("of a path that is none is refused", async () => {
    await expect(readKey(junk, "key.txt", { path: "44/60" })).rejects.toMatchObject({
      shortMessage: expect.stringContaining("The derivation path 44/60 gives no key"),
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
