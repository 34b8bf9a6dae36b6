import { readFile } from "node:fs/promises";
import { isHex, type PrivateKeyAccount } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { UsageError } from "../errors.ts";
import { PRIVATE_KEY_VARIABLE } from "./startOptions.ts";

/**
 * The node's account, from a file or from the environment; the variable is deleted then, so that no child process inherits
 * it. Nothing of the key ever gets into a message.
 *
 * @throws {@link UsageError}
 */
export async function readAccount(
  keyFile: string | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<PrivateKeyAccount> {
  const source = keyFile ?? PRIVATE_KEY_VARIABLE;
  const text = keyFile === undefined ? environment[PRIVATE_KEY_VARIABLE] : await readKey(keyFile);
  delete environment[PRIVATE_KEY_VARIABLE];
  if (text === undefined || text === "") {
    throw new UsageError(
      `The node has no account: give --key-file, or the private key in ${PRIVATE_KEY_VARIABLE}.`,
    );
  }
  const digits = text.trim().replace(/^0x/, "");
  const key = `0x${digits}` as const;
  if (digits.length !== 64 || !isHex(key)) throw notAKey(source);
  try {
    return privateKeyToAccount(key);
  } catch {
    throw notAKey(source); // zero, or beyond the curve's order
  }
}

function notAKey(source: string): UsageError {
  return new UsageError(`${source} holds no private key: it has to be 64 hexadecimal digits.`);
}

async function readKey(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(
      `--key-file ${file} cannot be read (${code}): check the path and its rights.`,
    );
  }
}
