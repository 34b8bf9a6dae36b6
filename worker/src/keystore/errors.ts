import { AssayError, type AssayErrorOptions } from "@assay/sdk";

/** A file is no keystore that this package can read. */
export class KeystoreInvalidError extends AssayError {
  readonly code = "KEYSTORE_INVALID";
  readonly retryable = false;

  constructor(file: string, what: string, options?: AssayErrorOptions) {
    super(
      `${file} is no Web3 Secret Storage keystore of version 3: ${what}. Make one with assay key create or assay key import.`,
      options,
    );
  }
}

/** The password does not open the keystore. */
export class WrongPasswordError extends AssayError {
  readonly code = "WRONG_PASSWORD";
  readonly retryable = false;

  constructor(file: string, source: string) {
    super(`The password from ${source} does not open ${file}: check both.`);
  }
}

/** A key is not where it is said to be, or must not be where it is. */
export class KeyFileError extends AssayError {
  readonly code = "KEY_FILE";
  readonly retryable = false;

  constructor(message: string, options?: AssayErrorOptions) {
    super(message, options);
  }
}
