import { AssayError, type AssayErrorOptions } from "./base.ts";

/** A gossip message that is not a well-formed job hint. */
export class WireError extends AssayError {
  readonly code = "WIRE_MALFORMED";
  readonly retryable = false;

  constructor(details: string, options: Omit<AssayErrorOptions, "details"> = {}) {
    super("This message is not a job hint: drop it.", { details, ...options });
  }
}
