import { AssayError, type AssayErrorOptions } from "@assay/sdk";

/** There is no room for a block: within the quota that the operator set, or on the file system. */
export class DiskFullError extends AssayError {
  readonly code = "DISK_FULL";
  readonly retryable = true;

  constructor(folder: string, options?: AssayErrorOptions) {
    super(
      `There is no room for another block in ${folder}: free some of the disk, or raise --disk-quota.`,
      options,
    );
  }
}
