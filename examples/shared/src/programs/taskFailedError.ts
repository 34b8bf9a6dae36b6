import { AssayError } from "@assay/sdk";

/** A task ended without a result, or with one that is malformed. */
export class TaskFailedError extends AssayError {
  readonly code = "TASK_FAILED";
  readonly retryable = false;

  /**
   * @param task - the task in words: `Task 3`.
   * @param outcome - its outcome in the SDK's words, or what is wrong with its result.
   */
  constructor(task: string, outcome: string) {
    super(
      `${task} ended with "${outcome}": the program is broken, its limits are too low, or its input is wrong.`,
    );
  }
}
