import { constants } from "node:fs";
import { access, mkdir, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { OutputFolderError } from "../../../shared/src/outputFolder/outputFolder.ts";

/**
 * Makes the folder and makes sure that it can be written to: better before the work is done than after.
 * @throws {@link OutputFolderError}
 */
export async function prepareOutputFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (error) {
    throw new OutputFolderError(folder, error);
  }
}

/** Writes files and returns their paths, relative to where the person is where that is shorter. */
export async function writeFiles(
  folder: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<string[]> {
  const paths: string[] = [];
  for (const [name, data] of Object.entries(files)) {
    const path = join(folder, name);
    await writeFile(path, data);
    const near = relative(process.cwd(), resolve(path));
    paths.push(near.startsWith("..") ? resolve(path) : near);
  }
  return paths;
}
