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

/** A database file cannot be read, or is not what it is said to be. Starting again does not help. */
export class StoreDamagedError extends AssayError {
  readonly code = "STORE_DAMAGED";
  readonly retryable = false;

  constructor(file: string, what: string, remedy: string, options?: AssayErrorOptions) {
    super(`The database ${file} is damaged (${what.split("\n").join(", ")}): ${remedy}`, options);
  }
}
