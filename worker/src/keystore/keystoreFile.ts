import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { makeFolder } from "@assay/network/folder";
import { type Address, getAddress, type Hex } from "viem";
import { privateKeyToAddress } from "viem/accounts";
import { KeyFileError, KeystoreInvalidError } from "./errors.ts";
import { readSecretFile, writePrivately } from "./secretFile.ts";
import { addressIn, encryptKey } from "./secretStorage.ts";

/**
 * Writes a new keystore, readable by its owner alone. An existing one is never overwritten: with it would go its account.
 *
 * @throws {@link KeyFileError}
 */
export async function writeKeystore(
  file: string,
  privateKey: Hex,
  password: string,
): Promise<Address> {
  const text = await encryptKey(privateKey, password);
  try {
    await makeFolder(dirname(file), { mode: 0o700 });
    await writePrivately(file, text);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new KeyFileError(
      code === "EEXIST"
        ? `There is a keystore in ${file}: name another file with --keystore, or move that one away.`
        : `The keystore ${file} cannot be written (${code}): check the path and its rights.`,
      { cause },
    );
  }
  return privateKeyToAddress(privateKey);
}

/** The account that a keystore names, without its password. */
export async function readAddress(file: string): Promise<Address> {
  if (!existsSync(file)) {
    throw new KeyFileError(
      `There is no keystore in ${file}: name it with --keystore, or make one with assay key create.`,
    );
  }
  const text = await readSecretFile(file, "--keystore");
  const address = addressIn(text, file);
  if (address === undefined) {
    throw new KeyFileError(
      `The keystore ${file} does not name its account: import it once more with assay key import, or name the account with --account where a command takes it.`,
    );
  }
  return getAddress(address);
}

export interface ListedKeystore {
  file: string;
  /** A keystore need not say whose it is. */
  address: Address | undefined;
}

/**
 * The keystores in a folder, by the names of their files; other files and folders are passed over.
 *
 * @throws {@link KeyFileError} when the folder cannot be read.
 */
export async function listKeystores(folder: string): Promise<ListedKeystore[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause) => {
    const { code } = cause as NodeJS.ErrnoException;
    throw new KeyFileError(
      `The folder ${folder} cannot be read (${code}): name another with --folder or --data-dir.`,
      { cause },
    );
  });
  const found: ListedKeystore[] = [];
  for (const entry of entries.filter((one) => one.isFile())) {
    const file = join(folder, entry.name);
    try {
      const address = addressIn(await readSecretFile(file, "--folder"), file);
      found.push({ file, address: address === undefined ? undefined : getAddress(address) });
    } catch (error) {
      const isOther = error instanceof KeystoreInvalidError || error instanceof KeyFileError;
      if (!isOther) throw error;
    }
  }
  return found.toSorted((a, b) => (a.file < b.file ? -1 : 1));
}
