import { AssayError, type AssayErrorOptions } from "@assay/sdk";

/** The options of `createAssay`, or the environment, do not lead to a Marketplace. The message names what to change. */
export class AssaySetupError extends AssayError {
  readonly code = "SETUP";
  readonly retryable = false;

  constructor(message: string, options?: AssayErrorOptions) {
    super(message, options);
  }
}
