import { AssayError } from "@assay/sdk";

/** The node is to be a juror, and of which jury is not said. */
export class JuryRequiredError extends AssayError {
  readonly code = "JURY_REQUIRED";
  readonly retryable = false;

  constructor() {
    super("A juror serves a jury: give the JuryArbiter's address with --jury.");
  }
}
