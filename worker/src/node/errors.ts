import { AssayError } from "@assay/sdk";

/** The node has the role of a juror, but no jury is configured. */
export class JuryRequiredError extends AssayError {
  readonly code = "JURY_REQUIRED";
  readonly retryable = false;

  constructor() {
    super("A juror serves a jury: give the JuryArbiter's address with --jury.");
  }
}
