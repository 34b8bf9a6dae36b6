import { AssayError, type AssayErrorOptions } from "@assay/sdk";

/** What was typed cannot be done as it stands. */
export class UsageError extends AssayError {
  readonly code = "USAGE";
  readonly retryable = false;

  constructor(message: string, options?: AssayErrorOptions) {
    super(message, options);
  }
}
