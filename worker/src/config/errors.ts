import { AssayError, type AssayErrorOptions } from "@assay/sdk";

/** A value in the configuration file or the environment cannot be used as it stands. */
export class ConfigError extends AssayError {
  readonly code = "CONFIG";
  readonly retryable = false;

  constructor(message: string, options?: AssayErrorOptions) {
    super(message, options);
  }
}
