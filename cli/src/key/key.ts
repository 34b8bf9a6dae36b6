import { randomBytes } from "node:crypto";
import { loadOptions, PRIVATE_KEY_VARIABLE, UsageError } from "@assay/worker/config";
import {
  decryptKey,
  defaultKeystore,
  type Password,
  parsePrivateKey,
  readAddress,
  readKey,
  readPassword,
  readSecretFile,
  writeKeystore,
} from "@assay/worker/keystore";
import { type Command, table, toJson } from "@assay/worker/process";
import { type Address, bytesToHex, type Hex } from "viem";
import { createOptions, importOptions, showOptions } from "./keyOptions.ts";

export const keyCreateCommand: Command = {
  summary: "make a new account and keep its key in an encrypted keystore",
  options: createOptions,
  async run(argv, { environment, stdout }) {
    const { values } = loadOptions(createOptions, argv, environment);
    const { passwordFile } = values;
    const { password } = await readPassword({ passwordFile, isNew: true }, environment);
    const keystore = fileOf(values);
    const address = await writeKeystore(keystore, newKey(), password);
    stdout.write(described({ address, keystore }, values.json));
    return 0;
  },
};

export const keyImportCommand: Command = {
  summary: "keep a key that there is already in an encrypted keystore",
  options: importOptions,
  async run(argv, { environment, stdout }) {
    const { values } = loadOptions(importOptions, argv, environment);
    const { from, fromPasswordFile, passwordFile, derivationPath: path } = values;
    const text =
      from === undefined ? environment[PRIVATE_KEY_VARIABLE] : await readSecretFile(from, "--from");
    delete environment[PRIVATE_KEY_VARIABLE];
    if (!text) {
      throw new UsageError(
        `There is no key to import: give --from, or the key in ${PRIVATE_KEY_VARIABLE}.`,
      );
    }
    const chosen = await readPassword({ passwordFile, isNew: true }, environment);
    const source = from ?? PRIVATE_KEY_VARIABLE;
    const key = text.trimStart().startsWith("{")
      ? await openOther(text, source, fromPasswordFile, chosen)
      : await readKey(text, source, { path, passphrase: await passphraseIn(fromPasswordFile) });
    const keystore = fileOf(values);
    const address = await writeKeystore(keystore, key, chosen.password);
    stdout.write(described({ address, keystore }, values.json));
    return 0;
  },
};

export const keyShowCommand: Command = {
  summary: "show the account that the keystore is of; its password is not asked for",
  options: showOptions,
  async run(argv, { environment, stdout }) {
    const { values } = loadOptions(showOptions, argv, environment);
    const keystore = fileOf(values);
    stdout.write(described({ address: await readAddress(keystore), keystore }, values.json));
    return 0;
  },
};

function fileOf({ keystore, dataDir }: { keystore: string | undefined; dataDir: string }): string {
  return keystore ?? defaultKeystore(dataDir);
}

/** As good as every 32 bytes are a key: those beyond the curve's order have a chance of 2^-128. */
function newKey(): Hex {
  return parsePrivateKey(bytesToHex(randomBytes(32)), "the random source");
}

async function openOther(
  text: string,
  file: string,
  passwordFile: string | undefined,
  chosen: Password,
): Promise<Hex> {
  const { password, source } =
    passwordFile === undefined ? chosen : await readPassword({ passwordFile }, {});
  return decryptKey(text, password, { file, passwordSource: source });
}

/** Of a mnemonic, which has none unless a file with it is named. */
async function passphraseIn(passwordFile: string | undefined): Promise<string | undefined> {
  return passwordFile === undefined
    ? undefined
    : (await readPassword({ passwordFile }, {})).password;
}

function described(fields: { address: Address; keystore: string }, json: boolean): string {
  return `${json ? toJson(fields) : table(Object.entries(fields))}\n`;
}
