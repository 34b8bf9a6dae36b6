import { AssayError, type AssayErrorOptions } from "../../protocol/errors/base.ts";

export type InvalidProgramErrorCode =
  /** Not a valid WebAssembly module. */
  | "PROGRAM_MALFORMED"
  /** More bytes than a program may have. */
  | "PROGRAM_TOO_LARGE"
  /** It asks the host for something. */
  | "PROGRAM_HAS_IMPORTS"
  /** `memory`, `alloc` or `run` is not exported, or is not what it must be. */
  | "PROGRAM_EXPORT"
  /** Not exactly one plain memory with a declared maximum. */
  | "PROGRAM_MEMORY"
  /** It uses a part of WebAssembly that nodes do not run. */
  | "PROGRAM_FEATURE";

/** A module that no node would run. */
export class InvalidProgramError extends AssayError {
  readonly code: InvalidProgramErrorCode;
  readonly retryable = false;

  constructor(
    code: InvalidProgramErrorCode,
    /** What is wrong and what to do about it. */
    message: string,
    options?: AssayErrorOptions,
  ) {
    super(`Not a program: ${message}`, options);
    this.code = code;
  }
}

/**
 * This machine could not determine the outcome of a task, as it had too little memory or stack. Another machine may well determine it.
 */
export class ProgramHostError extends AssayError {
  readonly code = "PROGRAM_HOST";
  readonly retryable = true;

  constructor(details: string, options?: AssayErrorOptions) {
    super("This machine could not give the program what it may have: free some memory.", {
      details,
      ...options,
    });
  }
}
