import { AssayError, type AssayErrorOptions } from "@assay/sdk/protocol";

/** A program that this node will not run under the job's limits. */
export class ProgramRefusedError extends AssayError {
  readonly code = "PROGRAM_REFUSED";
  readonly retryable = false;

  constructor(details: string, options: AssayErrorOptions = {}) {
    super("The program cannot be run under the job's limits: the requester has to post another.", {
      details,
      ...options,
    });
  }
}

/**
 * An error that prevented this machine from determining a task's outcome. It is a fault of the node: another machine, or this one later,
 * may well get an outcome. It is therefore never submitted as an outcome.
 */
export abstract class NodeTroubleError extends AssayError {}

export class TaskTimeoutError extends NodeTroubleError {
  readonly code = "TASK_TIMEOUT";
  readonly retryable = false;
  readonly limitMs: number;

  constructor(limitMs: number) {
    super(
      `The task ran longer than ${limitMs} ms on this machine: raise the limit to run such jobs.`,
    );
    this.limitMs = limitMs;
  }
}

export class ExecutorProcessError extends NodeTroubleError {
  readonly code = "EXECUTOR_PROCESS_DIED";
  readonly retryable = true;

  constructor(how: string, options?: AssayErrorOptions) {
    super(`The process that ran the task ended (${how}): another takes its place.`, options);
  }
}

export class HostMemoryError extends NodeTroubleError {
  readonly code = "HOST_OUT_OF_MEMORY";
  readonly retryable = true;

  constructor(details: string) {
    super(
      "This machine could not give the task its memory: free some, or run fewer executor processes.",
      {
        details,
      },
    );
  }
}

/** The native stack was full below the depth limit, which leaves room enough: an engine that needs more stack than ours. */
export class HostStackError extends NodeTroubleError {
  readonly code = "HOST_OUT_OF_STACK";
  readonly retryable = false;

  constructor(details: string) {
    super("This machine's stack was full before the program's depth limit was reached.", {
      details,
    });
  }
}

export class ExecutorClosedError extends NodeTroubleError {
  readonly code = "EXECUTOR_CLOSED";
  readonly retryable = false;

  constructor() {
    super("The executor is closed: the node is stopping.");
  }
}
