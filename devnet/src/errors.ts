import { AssayError, type AssayErrorOptions } from "@assay/sdk";

export type LocalnetErrorCode =
  | "PORT_TAKEN"
  | "CHAIN_FAILED"
  | "WORKER_FAILED"
  | "GUARD_FAILED"
  | "BOOKS_DO_NOT_BALANCE";

/** Something on this machine kept the local network from running. */
export class LocalnetError extends AssayError {
  readonly code: LocalnetErrorCode;
  readonly retryable = false;

  constructor(code: LocalnetErrorCode, message: string, options?: AssayErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
