import { AssayError, type AssayErrorOptions } from "@assay/sdk";

/** The command line is not valid. */
export class UsageError extends AssayError {
  readonly code = "USAGE";
  readonly retryable = false;

  constructor(message: string, options?: AssayErrorOptions) {
    super(message, options);
  }
}
