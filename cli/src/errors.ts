import { AssayError, type AssayErrorOptions } from "@assay/sdk";

/** What `createAssay` was given, or found in the environment, does not lead to a marketplace. The message names what to change. */
export class AssaySetupError extends AssayError {
  readonly code = "SETUP";
  readonly retryable = false;

  constructor(message: string, options?: AssayErrorOptions) {
    super(message, options);
  }
}
