import { AssayError, type AssayErrorOptions } from "@assay/sdk";
import type { ClientReport } from "./wire.ts";

export type AggregationErrorCode =
  | "AGGREGATION_MALFORMED"
  | "AGGREGATION_OPTION"
  | "AGGREGATION_TOO_FEW_CLIENTS"
  | "AGGREGATION_TOO_MANY_EXCLUDED"
  | "AGGREGATION_NOTHING_LEFT"
  | "AGGREGATION_WEIGHTS"
  | "AGGREGATION_NOT_CONVERGED"
  | "AGGREGATION_OVERFLOW"
  | "AGGREGATION_DUPLICATE_CLIENT"
  | "AGGREGATION_DIMENSION";

/** Updates that a rule cannot be applied to. There is no aggregate then, and the model stays as it is. */
export class AggregationError extends AssayError {
  readonly code: AggregationErrorCode;
  readonly retryable = false;
  /** What is to be said of each client all the same; nothing if the program was never asked. */
  readonly clients: ClientReport[];

  constructor(
    code: AggregationErrorCode,
    message: string,
    { clients = [], ...options }: AssayErrorOptions & { clients?: ClientReport[] } = {},
  ) {
    super(message, options);
    this.code = code;
    this.clients = clients;
  }
}

export type DataErrorCode =
  | "DATA_NOT_FOUND"
  | "DATA_UNREADABLE"
  | "DATA_COLUMNS"
  | "DATA_VALUE"
  | "DATA_EMPTY"
  | "DATA_TOO_FEW";

/** A file that is no data set, or one that cannot be shared out. */
export class DataError extends AssayError {
  readonly code: DataErrorCode;
  readonly retryable = false;

  constructor(code: DataErrorCode, message: string, options?: AssayErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A command line that cannot be followed. The message is one line that says what to type instead. */
export class UsageError extends AssayError {
  readonly code = "USAGE";
  readonly retryable = false;
}

/** A task ended without a result, or with one that is none. */
export class TaskFailedError extends AssayError {
  readonly code = "TASK_FAILED";
  readonly retryable = false;

  constructor(task: string, outcome: string) {
    super(
      `${task} ended with "${outcome}": the program is broken, its limits are too low, or its input is wrong.`,
    );
  }
}

/** A process of the local run ended by itself. */
export class RunnerError extends AssayError {
  readonly code = "RUNNER_FAILED";
  readonly retryable = false;
}

/** The folder for the results cannot be used. */
export class OutputFolderError extends AssayError {
  readonly code = "OUTPUT_FOLDER";
  readonly retryable = false;

  constructor(folder: string, cause: unknown) {
    super(`Nothing can be written to ${folder}: choose another folder with --out.`, { cause });
  }
}
