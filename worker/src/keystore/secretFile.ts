import { chmod, open, writeFile } from "node:fs/promises";
import { KeyFileError } from "./errors.ts";

/** Far more than any key, keystore or password takes. */
const MOST_BYTES = 1 << 20;

/**
 * The text of a file with a secret: UTF-8, or UTF-16 with its byte order mark, as some Windows programs write it.
 *
 * @throws {@link KeyFileError} that names the option and never shows what is in the file.
 */
export async function readSecretFile(file: string, option: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readStart(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new KeyFileError(
      `${option} ${file} cannot be read (${code}): check the path and its rights.`,
    );
  }
  if (bytes.length > MOST_BYTES) {
    throw new KeyFileError(`${option} ${file} is larger than 1 MiB: name the right file.`);
  }
  return decode(bytes);
}

/** Only the account that runs the command may read and write the file. */
const OWNER_ONLY = 0o600;

/** Writes a new file that its owner alone can read. */
export async function writePrivately(file: string, text: string): Promise<void> {
  await writeFile(file, text, { flag: "wx", mode: OWNER_ONLY });
  await chmod(file, OWNER_ONLY); // the process's umask may have taken rights, never added them
}

/**
 * The same.
 *
 * @throws {@link KeyFileError} that names the option, also when the file is there already.
 */
export async function writeSecretFile(file: string, text: string, option: string): Promise<void> {
  try {
    await writePrivately(file, text);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new KeyFileError(
      code === "EEXIST"
        ? `${option} ${file} is there already: name a new file.`
        : `${option} ${file} cannot be written (${code}): check the path and its rights.`,
    );
  }
}

/** Never more than is looked at: the file may be a device that does not end. */
async function readStart(file: string): Promise<Buffer> {
  await using handle = await open(file, "r");
  const chunks: Buffer[] = [];
  for (let length = 0; length <= MOST_BYTES; ) {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(64 * 1024));
    if (bytesRead === 0) break;
    chunks.push(buffer.subarray(0, bytesRead));
    length += bytesRead;
  }
  return Buffer.concat(chunks);
}

/** Without the byte order mark. */
function decode(bytes: Buffer): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe
      ? "utf-16le"
      : first === 0xfe && second === 0xff
        ? "utf-16be"
        : "utf-8";
  return new TextDecoder(encoding).decode(bytes);
}
