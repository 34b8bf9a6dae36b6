export interface AssayErrorOptions {
  /** Details of the cause, for people: an operand, a compiler's output, another error's message. */
  details?: string | undefined;
  /** The error that led to this one. */
  cause?: unknown;
}

/** Everything that this package throws on purpose; only an abort is thrown as the signal's own reason. */
export abstract class AssayError extends Error {
  /** Stable across releases: tell errors apart by this, never by their message. */
  abstract readonly code: string;
  /** Whether the same call may well succeed later, with nothing changed by the caller. */
  abstract readonly retryable: boolean;
  /** One sentence: what is wrong and what to do about it. */
  readonly shortMessage: string;
  readonly details: string | undefined;

  constructor(shortMessage: string, { details, cause }: AssayErrorOptions = {}) {
    super(
      details === undefined ? shortMessage : `${shortMessage}\nDetails: ${details}`,
      cause === undefined ? undefined : { cause },
    );
    this.name = new.target.name;
    this.shortMessage = shortMessage;
    this.details = details;
  }

  /** The innermost error of the chain of causes. */
  walk(): unknown;
  /** The first error of the chain of causes that `matches` accepts, this one included, or `undefined`. */
  walk(matches: (error: unknown) => boolean): unknown;
  walk(matches?: (error: unknown) => boolean): unknown {
    let error: unknown = this;
    for (;;) {
      if (matches?.(error)) return error;
      const cause: unknown = error instanceof Error ? error.cause : undefined;
      if (cause === undefined) return matches === undefined ? error : undefined;
      error = cause;
    }
  }
}
