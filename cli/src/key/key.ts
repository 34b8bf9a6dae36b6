import { randomBytes } from "node:crypto";
import { loadOptions, PRIVATE_KEY_VARIABLE, UsageError } from "@assay/worker/config";
import {
  decryptKey,
  defaultKeystore,
  listKeystores,
  type Password,
  parsePrivateKey,
  readAddress,
  readKey,
  readPassword,
  readSecretFile,
  writeKeystore,
  writeSecretFile,
} from "@assay/worker/keystore";
import { type Command, table, toJson } from "@assay/worker/process";
import { type Address, bytesToHex, type Hex } from "viem";
import { privateKeyToAddress } from "viem/accounts";
import { confirm } from "../terminal/confirm.ts";
import {
  addressOptions,
  createOptions,
  exportOptions,
  importOptions,
  listOptions,
} from "./keyOptions.ts";

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

export const keyAddressCommand: Command = {
  summary: "show the account that the keystore is of; its password is not asked for",
  options: addressOptions,
  async run(argv, { environment, stdout }) {
    const { values } = loadOptions(addressOptions, argv, environment);
    const keystore = fileOf(values);
    stdout.write(described({ address: await readAddress(keystore), keystore }, values.json));
    return 0;
  },
};

export const keyListCommand: Command = {
  summary: "list the keystores in a folder, and whose they are",
  options: listOptions,
  async run(argv, { environment, stdout }) {
    const { values } = loadOptions(listOptions, argv, environment);
    const folder = values.folder ?? values.dataDir;
    const keystores = await listKeystores(folder);
    const rows = keystores.map(({ address, file }): [string, string] => [address ?? "?", file]);
    const words = rows.length === 0 ? `There is no keystore in ${folder}.` : table(rows);
    stdout.write(`${values.json ? toJson({ keystores }) : words}\n`);
    return 0;
  },
};

export const keyExportCommand: Command = {
  summary: "write an account's key to a file, unencrypted, for another program",
  options: exportOptions,
  async run(argv, { environment, stdout, stderr, stdin }) {
    const { values } = loadOptions(exportOptions, argv, environment);
    const { out, passwordFile, yes, json } = values;
    if (out === undefined) throw new UsageError("Where to? Give a new file with --out.");
    const keystore = fileOf(values);
    const text = await readSecretFile(keystore, "--keystore");
    const question = `Whoever reads ${out} has the account's money. Write the key there?`;
    if (!(await confirm(question, { yes, stdin, stderr }))) {
      stderr.write("Nothing was written.\n");
      return 1;
    }
    const { password, source } = await readPassword({ passwordFile }, environment);
    const key = await decryptKey(text, password, { file: keystore, passwordSource: source });
    await writeSecretFile(out, `${key}\n`, "--out");
    const fields = { address: privateKeyToAddress(key), out };
    stdout.write(`${json ? toJson(fields) : table(Object.entries(fields))}\n`);
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
