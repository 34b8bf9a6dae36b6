import { AssayError, type AssayErrorOptions } from "@assay/sdk";

export type DataErrorCode =
  | "DATA_NOT_FOUND"
  | "DATA_UNREADABLE"
  | "DATA_COLUMNS"
  | "DATA_VALUE"
  | "DATA_EMPTY"
  | "DATA_TOO_FEW"
  | "DATA_TOO_MANY";

/** A file that is no data set, or one that cannot be shared out. */
export class DataError extends AssayError {
  readonly code: DataErrorCode;
  readonly retryable = false;

  constructor(code: DataErrorCode, message: string, options?: AssayErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
