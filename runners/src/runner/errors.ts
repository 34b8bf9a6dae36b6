import { AssayError } from "@assay/sdk";

/** An input is a CID, and the runner was given nothing to read it from. */
export class RunnerContentError extends AssayError {
  readonly code = "RUNNER_CONTENT_REQUIRED";
  readonly retryable = false;

  constructor(position: number) {
    super(
      `Input ${position} is a CID: give the runner \`content\`, from which it reads such inputs.`,
    );
  }
}

/** The runner was closed before the run, or in the middle of it. */
export class RunnerClosedError extends AssayError {
  readonly code = "RUNNER_CLOSED";
  readonly retryable = false;

  constructor(name: string) {
    super(`The ${name} runner is closed: make another.`);
  }
}
