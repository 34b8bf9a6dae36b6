import { AssayError, type AssayErrorOptions } from "../protocol/errors/base.ts";

/** What `package.json` has as the peer: another version may give other bytes for the same source. */
const ASSEMBLYSCRIPT_VERSION = "0.28.20";

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

/** The compiler is not there: it is an optional peer dependency, which only those install who compile. */
export class CompilerMissingError extends AssayError {
  readonly code = "COMPILER_MISSING";
  readonly retryable = false;

  constructor(options?: AssayErrorOptions) {
    super(
      `AssemblyScript is not installed: run \`npm install assemblyscript@${ASSEMBLYSCRIPT_VERSION}\`.`,
      options,
    );
  }
}
