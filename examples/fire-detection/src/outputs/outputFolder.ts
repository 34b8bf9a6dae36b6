import { constants } from "node:fs";
import { access, mkdir } from "node:fs/promises";
import { OutputFolderError } from "../errors.ts";

/**
 * Makes the folder and makes sure that it can be written to: better before the work is paid for than after.
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
