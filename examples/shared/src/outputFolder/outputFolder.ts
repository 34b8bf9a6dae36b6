import { constants } from "node:fs";
import { access, rm, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { makeFolder } from "@assay/network/folder";
import { type AbortOptions, AssayError } from "@assay/sdk";

const WRITE_FAILURES: Readonly<Record<string, string>> = {
  EACCES: "no permission",
  EPERM: "no permission",
  EROFS: "the disk is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EISDIR: "it is a folder",
  EEXIST: "it is a file",
  ENOTDIR: "a part of it is a file",
  EIO: "the disk fails",
};

/** The folder for the results, or a file in it, cannot be written. */
export class OutputFolderError extends AssayError {
  readonly code = "OUTPUT_FOLDER";
  readonly retryable = false;

  constructor(path: string, cause: unknown) {
    const { code } = cause as NodeJS.ErrnoException;
    const reason = (code && WRITE_FAILURES[code]) ?? code;
    super(
      `Nothing can be written to ${path}${reason === undefined ? "" : ` (${reason})`}: ${code === "ENOSPC" || code === "EDQUOT" ? "make room, or " : ""}choose another folder with --out.`,
      { cause },
    );
  }
}

/**
 * Makes a folder if it does not exist, and checks that files can be written to it: better before the work is paid for than after.
 * @throws {@link OutputFolderError}
 */
export async function prepareOutputFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder);
    await access(folder, constants.W_OK);
  } catch (error) {
    throw new OutputFolderError(folder, error);
  }
}

/**
 * Writes a file into a folder. A file that a full disk cuts short is removed, so that nobody takes it for complete.
 * @returns the file's path.
 * @throws {@link OutputFolderError}
 */
export async function writeOutput(
  folder: string,
  name: string,
  { data, signal }: AbortOptions & { data: string | Uint8Array },
): Promise<string> {
  const path = join(folder, name);
  try {
    await writeFile(path, data, { signal });
    return path;
  } catch (error) {
    signal?.throwIfAborted();
    const isCut = ["ENOSPC", "EDQUOT", "EIO"].includes((error as NodeJS.ErrnoException).code ?? "");
    if (isCut) await rm(path, { force: true });
    throw new OutputFolderError(path, error);
  }
}

/**
 * Writes several files into a folder, one after another.
 * @param files - contents by name.
 * @returns the files' paths, as {@link displayPath} gives them.
 * @throws {@link OutputFolderError}
 */
export async function writeOutputFiles(
  folder: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  { signal }: AbortOptions = {},
): Promise<string[]> {
  const paths: string[] = [];
  for (const [name, data] of Object.entries(files)) {
    paths.push(displayPath(await writeOutput(folder, name, { data, signal })));
  }
  return paths;
}

/** A path for a person: relative to the current folder if the file lies in it, else absolute. */
export function displayPath(path: string): string {
  const fromHere = relative(process.cwd(), resolve(path));
  return fromHere.startsWith("..") ? resolve(path) : fromHere;
}
