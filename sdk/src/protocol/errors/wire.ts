import { AssayError, type AssayErrorOptions } from "./base.ts";

/** A message of a peer that is not well-formed. */
export class WireError extends AssayError {
  readonly code = "WIRE_MALFORMED";
  readonly retryable = false;

  constructor(details: string, options: Omit<AssayErrorOptions, "details"> = {}) {
    super("This message is not in the form that it should have: drop it.", { details, ...options });
  }
}
