import { AssayError } from "@assay/sdk";

/** A command line that cannot be followed. The message is one line that says what to type instead. */
export class UsageError extends AssayError {
  readonly code = "USAGE";
  readonly retryable = false;
}
