import { access, constants } from "node:fs/promises";
import { makeFolder } from "@assay/network/folder";
import { AssayError, type AssayErrorOptions } from "@assay/sdk";

/** The folder for the node's state cannot be created or written. */
export class DataDirUnwritableError extends AssayError {
  readonly code = "DATA_DIR_UNWRITABLE";
  readonly retryable = false;

  constructor(dataDir: string, reason: string, options?: AssayErrorOptions) {
    super(
      `The data folder ${dataDir} cannot be written (${reason}): give another one with --data-dir or node.dataDir, or change its permissions.`,
      options,
    );
  }
}

/**
 * Creates the folder if it is missing, and checks that it can be written.
 *
 * @throws {@link DataDirUnwritableError}
 */
export async function prepareDataDir(dataDir: string): Promise<void> {
  try {
    await makeFolder(dataDir);
    await access(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new DataDirUnwritableError(dataDir, code ?? String(cause), { cause });
  }
}
