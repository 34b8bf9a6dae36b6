import { existsSync } from "node:fs";
import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import { type Address, type Hex, isHex, type PrivateKeyAccount } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { PRIVATE_KEY_VARIABLE } from "../config/environment.ts";
import { KeyFileError } from "./errors.ts";
import { readAddress } from "./keystoreFile.ts";
import { isMnemonic, type MnemonicOptions, mnemonicKey } from "./mnemonic.ts";
import { readPassword } from "./password.ts";
import { readSecretFile } from "./secretFile.ts";
import { decryptKey } from "./secretStorage.ts";

/** The options that name the place of the account's key. */
export interface KeySources {
  keystore?: string | undefined;
  passwordFile?: string | undefined;
  keyFile?: string | undefined;
  dataDir: string;
}

/** The keystore of a data folder whose configuration names none. */
export function defaultKeystore(dataDir: string): string {
  return join(dataDir, "key.json");
}

type Source = { kind: "keystore" | "key file"; file: string } | { kind: "variable"; text: string };

/** What is named explicitly goes before what merely is there. */
function sourceOf(
  { keystore, keyFile, dataDir }: KeySources,
  environment: NodeJS.ProcessEnv,
): Source {
  const text = environment[PRIVATE_KEY_VARIABLE];
  const byDefault = defaultKeystore(dataDir);
  if (keystore !== undefined) return { kind: "keystore", file: keystore };
  if (keyFile !== undefined) return { kind: "key file", file: keyFile };
  if (text) return { kind: "variable", text };
  if (existsSync(byDefault)) return { kind: "keystore", file: byDefault };
  throw new KeyFileError(
    `The node has no account: make one with assay key create, or give --keystore, --key-file, or the private key in ${PRIVATE_KEY_VARIABLE}.`,
  );
}

/**
 * The node's account, from its keystore, a file or the environment; variables with secrets are deleted then, so that no child
 * process inherits them. Nothing of the key ever gets into a message.
 *
 * @throws {@link KeyFileError} KeystoreInvalidError WrongPasswordError
 */
export async function readAccount(
  sources: KeySources,
  environment: NodeJS.ProcessEnv,
): Promise<PrivateKeyAccount> {
  const source = sourceOf(sources, environment);
  delete environment[PRIVATE_KEY_VARIABLE];
  switch (source.kind) {
    case "variable":
      return accountOf(source.text, PRIVATE_KEY_VARIABLE);
    case "key file":
      return accountOf(await readSecretFile(source.file, "--key-file"), source.file);
    case "keystore": {
      const { file } = source;
      const text = await readSecretFile(file, "--keystore");
      const { password, source: passwordSource } = await readPassword(
        { passwordFile: sources.passwordFile },
        environment,
      );
      return privateKeyToAccount(await decryptKey(text, password, { file, passwordSource }));
    }
  }
}

/**
 * The node's address, for what only looks at the account: a keystore says whose it is, so its password is not asked for.
 *
 * @throws {@link KeyFileError} KeystoreInvalidError
 */
export async function readAccountAddress(
  sources: KeySources,
  environment: NodeJS.ProcessEnv,
): Promise<Address> {
  const source = sourceOf(sources, environment);
  if (source.kind === "keystore") return readAddress(source.file);
  return (await readAccount(sources, environment)).address;
}

/**
 * Whether the files of the account can be read; they are not opened.
 *
 * @throws {@link KeyFileError}
 */
export async function checkKeyFiles(
  sources: KeySources,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  const source = sourceOf(sources, environment);
  const files: [string, string][] = [];
  if (source.kind === "keystore") files.push(["--keystore", source.file]);
  if (source.kind === "key file") files.push(["--key-file", source.file]);
  if (sources.passwordFile !== undefined) files.push(["--password-file", sources.passwordFile]);
  for (const [option, file] of files) {
    await access(file, constants.R_OK).catch((cause) => {
      const { code } = cause as NodeJS.ErrnoException;
      throw new KeyFileError(
        `${option} ${file} cannot be read (${code}): check the path and its rights.`,
        { cause },
      );
    });
  }
}

/** @throws {@link KeyFileError} when `text` is no private key. */
export function parsePrivateKey(text: string, source: string): Hex {
  const digits = text.trim().replace(/^0x/, "");
  const key = `0x${digits}` as const;
  try {
    if (digits.length !== 64 || !isHex(key)) throw new RangeError("not 32 bytes");
    privateKeyToAccount(key); // refuses zero, and what is beyond the curve's order
    return key;
  } catch {
    throw new KeyFileError(
      `${source} holds no private key: it has to be 64 hexadecimal digits, or a mnemonic.`,
    );
  }
}

/**
 * The key in a text that is no keystore: 64 hexadecimal digits, or a mnemonic.
 *
 * @throws {@link KeyFileError}
 */
export async function readKey(
  text: string,
  source: string,
  options: MnemonicOptions = {},
): Promise<Hex> {
  return isMnemonic(text) ? mnemonicKey(text, source, options) : parsePrivateKey(text, source);
}

async function accountOf(text: string, source: string): Promise<PrivateKeyAccount> {
  return privateKeyToAccount(await readKey(text, source));
}
