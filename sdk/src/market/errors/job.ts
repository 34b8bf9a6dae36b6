import type { CID } from "multiformats/cid";
import type { Address } from "viem";
import { AssayError } from "../../protocol/errors/base.ts";
import type { JobId } from "../../protocol/job/job.ts";

/** A result, or all results of a batch, that a worker committed to and that cannot be had or is not what it must be. */
export class ResultError extends AssayError {
  /** `RESULT_UNAVAILABLE`: nobody gave it in time. `RESULT_INVALID`: it is there, and not what the chain commits to or admits. */
  readonly code: "RESULT_UNAVAILABLE" | "RESULT_INVALID";
  readonly retryable: boolean;
  readonly batch: number;
  readonly worker: Address;
  /** What could not be fetched or verified: a result, or the batch's result manifest. */
  readonly cid: CID | undefined;
  /** Position of the task in the job; `undefined` when it is about the manifest, and so about the rest of the batch. */
  readonly position: number | undefined;

  constructor(
    { batch, worker, cid, position }: Pick<ResultError, "batch" | "worker" | "cid" | "position">,
    cause: unknown,
  ) {
    const invalid = cause instanceof AssayError && !cause.retryable;
    const what = position === undefined ? "result manifest" : `result of task ${position}`;
    const problem = invalid ? "is not what it must be" : "cannot be fetched";
    super(
      `The ${what} (${cid ?? "no CID that Assay admits"}) in batch ${batch} of worker ${worker} ${problem}: ${
        invalid ? "keep it as evidence" : "read the results again while the worker is online"
      }.`,
      { details: cause instanceof Error ? cause.message : undefined, cause },
    );
    this.code = invalid ? "RESULT_INVALID" : "RESULT_UNAVAILABLE";
    this.retryable = !invalid;
    this.batch = batch;
    this.worker = worker;
    this.cid = cid;
    this.position = position;
  }
}

export type JobIncompleteErrorCode =
  /** The requester cancelled it, and the missing batches were not claimed or not submitted in time. */
  | "JOB_CANCELLED"
  /** No batch can be claimed any more, and the missing ones were not, or not submitted in time. */
  | "JOB_CLAIMING_CLOSED"
  /** Every batch is submitted, but results of some could not be fetched or verified. */
  | "RESULTS_FAILED";

const WHY: Record<JobIncompleteErrorCode, string> = {
  JOB_CANCELLED: "the job is cancelled",
  JOB_CLAIMING_CLOSED: "nobody can claim them any more: cancel the job to take back their escrow",
  RESULTS_FAILED: "they could not be fetched or verified",
};

/** All available results of a job were yielded, and some are missing. */
export class JobIncompleteError extends AssayError {
  readonly code: JobIncompleteErrorCode;
  readonly retryable: boolean;
  readonly jobId: JobId;
  /** Batches that nobody submitted and that nobody can. */
  readonly missingBatches: readonly number[];
  /** Results that were submitted and could not be fetched or verified. */
  readonly failures: readonly ResultError[];

  constructor(
    code: JobIncompleteErrorCode,
    {
      jobId,
      missingBatches,
      failures,
    }: Pick<JobIncompleteError, "jobId" | "missingBatches" | "failures">,
  ) {
    super(`Some results of job ${jobId} are missing: ${WHY[code]}.`, {
      details: [
        ...(missingBatches.length > 0 ? [`never submitted: batches ${list(missingBatches)}`] : []),
        ...failures.slice(0, LISTED).map((failure) => failure.shortMessage),
        ...(failures.length > LISTED ? [`and ${failures.length - LISTED} more`] : []),
      ].join("\n"),
      cause: failures[0],
    });
    this.code = code;
    this.retryable = code === "RESULTS_FAILED" && failures.every((failure) => failure.retryable);
    this.jobId = jobId;
    this.missingBatches = missingBatches;
    this.failures = failures;
  }
}

/** How many of a kind a message names. */
const LISTED = 10;

function list(numbers: readonly number[]): string {
  const named = numbers.slice(0, LISTED).join(", ");
  return numbers.length > LISTED ? `${named} and ${numbers.length - LISTED} more` : named;
}

/** An option of a job is of another kind, or outside what the contract allows. Nothing was stored or paid. */
export class InvalidTermsError extends AssayError {
  readonly code = "TERMS_INVALID";
  readonly retryable = false;

  constructor(name: string, value: unknown, range: string) {
    super(`${name} cannot be ${String(value)}: give ${range}.`);
  }
}

/** The job's arbiter decides by fraud proofs, and about this job it never could. Nothing was paid. */
export class UnprovableJobError extends AssayError {
  readonly code = "JOB_UNPROVABLE";
  readonly retryable = false;

  constructor(problem: string) {
    super(`The proof arbiter could never decide about this job: ${problem}. Or name a jury.`);
  }
}

/** The account has posted another job under this key. Nothing was paid. */
export class JobKeyUsedError extends AssayError {
  readonly code = "JOB_KEY_USED";
  readonly retryable = false;
  readonly jobId: JobId;

  constructor(key: string, jobId: JobId) {
    super(
      `Under the key "${key}" the account has posted ${jobId}, which has another program, other inputs or other limits: give another idempotencyKey.`,
    );
    this.jobId = jobId;
  }
}

/** The job's arbiter decides by fraud proofs, which a challenger has to play. Nothing was sent. */
export class PlayerRequiredError extends AssayError {
  readonly code = "PLAYER_REQUIRED";
  readonly retryable = false;

  constructor(account: string) {
    super(
      `A challenger before this job's arbiter has to play, step by step, or loses its bond: run a node with the role auditor and the account ${account}, and say isPlayed (--played).`,
    );
  }
}
