import { AssayError, type AssayErrorOptions } from "../../protocol/errors/base.ts";

/** An input of a job that is neither bytes nor a content's name, or inputs that are no list. */
export class InvalidInputError extends AssayError {
  readonly code = "INPUT_INVALID";
  readonly retryable = false;
  /** Of the task in the job; `undefined` when it is about all of them. */
  readonly position: number | undefined;

  constructor(
    { position, problem }: { position: number | undefined; problem: string },
    options?: AssayErrorOptions,
  ) {
    super(
      position === undefined
        ? `The inputs are ${problem}: give an array, an iterable or an async iterable of inputs.`
        : `Input ${position} ${problem}: give a Uint8Array, a CID, or { cid, byteLength }; defineProgram encodes other values.`,
      options,
    );
    this.position = position;
  }
}

/** A result that is what its worker committed to, and that the program's `decode` refuses. */
export class UndecodableResultError extends AssayError {
  readonly code = "RESULT_UNDECODABLE";
  readonly retryable = false;

  constructor(cause: unknown) {
    super(
      "The program's `decode` refuses the result: run the task with `program.run`; if it gives other bytes the worker lied, else mend `decode`.",
      { details: cause instanceof Error ? cause.message : String(cause), cause },
    );
  }
}
