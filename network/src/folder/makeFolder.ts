import { mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/**
 * Makes a folder, and those above it that are missing. Node's own `recursive` never returns on a file system that has a folder and
 * says of each new one in it that there is none, as /proc does.
 * @param mode - of the folders that are made. Default: as the process's mask has it.
 * @throws the system's error of the first folder that cannot be made.
 */
export async function makeFolder(path: string, { mode }: { mode?: number } = {}): Promise<void> {
  const folder = resolve(path);
  try {
    await mkdir(folder, mode);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" && dirname(folder) !== folder) {
      await makeFolder(dirname(folder), mode === undefined ? {} : { mode });
      await mkdir(folder, mode);
      return;
    }
    // What is there may be a folder: the same call says so, or that it is none.
    await mkdir(folder, { recursive: true });
  }
}
