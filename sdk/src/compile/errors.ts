import { AssayError, type AssayErrorOptions } from "../protocol/errors/base.ts";

/** AssemblyScript that does not compile to a program. */
export class ProgramCompileError extends AssayError {
  readonly code = "PROGRAM_COMPILE";
  readonly retryable = false;
  /** The compiler's messages, each with its place in the source. */
  readonly diagnostics: readonly string[];

  constructor(
    message: string,
    diagnostics: readonly string[],
    options: Omit<AssayErrorOptions, "details"> = {},
  ) {
    super(message, {
      details: diagnostics.length === 0 ? undefined : diagnostics.join("\n\n"),
      ...options,
    });
    this.diagnostics = diagnostics;
  }
}
