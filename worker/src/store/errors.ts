import { AssayError, type AssayErrorOptions } from "@assay/sdk";

/** The database comes from a later version of this package. */
export class StoreTooNewError extends AssayError {
  readonly code = "STORE_TOO_NEW";
  readonly retryable = false;

  constructor(found: number, known: number) {
    super(
      `The node's database has schema ${found}, and this version knows ${known}: install the version that wrote it, or a later one.`,
    );
  }
}

/** The database tells of another chain, Marketplace or account. */
export class StoreMismatchError extends AssayError {
  readonly code = "STORE_MISMATCH";
  readonly retryable = false;

  constructor(what: string, stored: string | number, given: string | number) {
    super(
      `The node's database belongs to ${what} ${stored}, not ${given}: use another folder with --data-dir.`,
    );
  }
}

/** The database cannot be read any further, or does not hold together. */
export class StoreDamagedError extends AssayError {
  readonly code = "STORE_DAMAGED";
  readonly retryable = false;
  readonly file: string;

  constructor(file: string, reason: string, options?: AssayErrorOptions) {
    super(
      `The node's database ${file} is damaged (${reason}): put a copy in its place, or move it away with its -wal and -shm, and the chain is read again.`,
      options,
    );
    this.file = file;
  }
}

/** The file in the place of the node's database is something else. */
export class StoreForeignError extends AssayError {
  readonly code = "STORE_FOREIGN";
  readonly retryable = false;
  readonly file: string;

  constructor(file: string, what: string, options?: AssayErrorOptions) {
    super(
      `${file} is not a node's database (${what}): put a copy of yours in its place, or move it away with its -wal and -shm, and the chain is read again.`,
      options,
    );
    this.file = file;
  }
}

/** The disk, or the rights of a file on it, do not let the database be used at the moment. */
export class StoreUnusableError extends AssayError {
  readonly code = "STORE_UNUSABLE";
  readonly retryable = true;
  readonly file: string;

  constructor(file: string, reason: string, options?: AssayErrorOptions) {
    super(
      `The node's database ${file} cannot be used (${reason}): look at the disk, its free space and the rights of the file and its folder.`,
      options,
    );
    this.file = file;
  }
}
