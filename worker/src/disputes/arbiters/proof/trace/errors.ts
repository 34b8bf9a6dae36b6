import { AssayError } from "@assay/sdk";

/** The states of a disputed task could not be found now. */
export class TraceError extends AssayError {
  readonly code = "TRACE_FAILED";
  readonly retryable = true;

  constructor(problem: string) {
    super(
      `The disputed task could not be carried out step by step: ${problem}. Free some memory; it is tried again.`,
      { details: problem },
    );
  }
}
