import { existsSync } from "node:fs";
import { chmod, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { makeFolder } from "@assay/network/folder";
import { type Address, getAddress, type Hex } from "viem";
import { privateKeyToAddress } from "viem/accounts";
import { KeyFileError } from "./errors.ts";
import { readSecretFile } from "./secretFile.ts";
import { addressIn, encryptKey } from "./secretStorage.ts";

/** Only the account that runs the node may read and write the file. */
const OWNER_ONLY = 0o600;

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
    await writeFile(file, text, { flag: "wx", mode: OWNER_ONLY });
    await chmod(file, OWNER_ONLY); // the process's umask may have taken rights, never added them
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
    throw new KeyFileError(`The keystore ${file} does not name its account.`);
  }
  return getAddress(address);
}
