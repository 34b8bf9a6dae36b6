import { AssayError, type JobHandle } from "@assay/sdk";

export class NothingToCancelError extends AssayError {
  readonly code = "NOTHING_TO_CANCEL";
  readonly retryable = false;

  constructor({ jobId }: Pick<JobHandle, "jobId">) {
    super(
      `Every batch of job ${jobId} is settled or given up: there is nothing to take back, and nothing was sent.`,
    );
  }
}
