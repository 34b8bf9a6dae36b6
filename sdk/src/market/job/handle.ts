import type { AbortOptions } from "../../concurrency/abortOptions.ts";
import { batchCount } from "../../protocol/job/batches.ts";
import type { JobId, JobSpec, JobTerms } from "../../protocol/job/job.ts";
import { type BatchStatus, getBatches } from "../actions/read/getBatches.ts";
import { type GetJobReturnType, getJob } from "../actions/read/getJob.ts";
import type { PostedJob } from "../actions/read/getPostedJobs.ts";
import { type CancelReturnType, cancel } from "../actions/requester/cancel.ts";
import type { MarketContext } from "../context/marketContext.ts";
import type { Unwatch } from "../watch/watching.ts";
import {
  type WatchJobCallback,
  type WatchJobParameters,
  type WatchJobReturnType,
  watchJob,
} from "../watch/watchJob.ts";
import type { JobReason } from "../why/reason.ts";
import { type WhyOptions, whyJobWaits } from "../why/why.ts";
import { type AuditedJobTask, auditJob, type JobAuditOptions } from "./audit.ts";
import { jobResults, type ResultsOptions, type TaskResult } from "./results.ts";
import { awaitSettled } from "./settled.ts";

export interface JobStatus extends GetJobReturnType {
  /** How many batches are where. In a cancelled job, open ones are refunded. */
  batches: Record<BatchStatus, number>;
}

export type WatchHandleOptions = Omit<WatchJobParameters, "jobId">;

/** A job on the chain, with its requester's actions. */
export interface JobHandle {
  readonly jobId: JobId;
  readonly terms: JobTerms;
  readonly spec: JobSpec;
  /** The block that has its posting. */
  readonly blockNumber: bigint;
  /** Reads the current state of the job and its batches. */
  status(options?: AbortOptions): Promise<JobStatus>;
  /**
   * The results as they are submitted, each verified against the chain and yielded once; see {@link jobResults}. Every call
   * begins anew.
   *
   * @throws {@link JobIncompleteError} at the end, when something is missing.
   */
  results(options?: ResultsOptions): AsyncIterable<TaskResult>;
  /**
   * Resolves when every batch is settled; in a cancelled job, when every batch is that was claimed and not lost.
   *
   * @throws {@link JobIncompleteError} when the rest cannot be claimed any more.
   */
  settled(options?: AbortOptions): Promise<void>;
  /**
   * Runs some tasks of every batch again as it is submitted, and yields those that are wrong or withheld, each with a `challenge`
   * that puts it to the job's arbiter.
   */
  audit(options: JobAuditOptions): AsyncIterable<AuditedJobTask>;
  /**
   * Everything that happened to the job since its posting, and what happens from now on; see `watchJob`. Without `onEvent` the events are
   * what is returned.
   */
  watch(options: WatchHandleOptions & WatchJobCallback): Unwatch;
  watch(options?: WatchHandleOptions & { onEvent?: undefined }): WatchJobReturnType;
  /**
   * Why the job waits: reasons from the chain, from the workers of the network, from its contents and from arithmetic, each with a stable
   * `code`, a `message` and its `fix`. None: nothing is known that stands in its way.
   */
  why(options?: WhyOptions): Promise<JobReason[]>;
  /** Takes back the escrow of every open batch, as credit. */
  cancel(options?: AbortOptions): Promise<CancelReturnType>;
}

export function createJobHandle(client: MarketContext, job: PostedJob): JobHandle {
  const { jobId, terms, spec, blockNumber } = job;
  return {
    jobId,
    terms,
    spec,
    blockNumber,
    async status({ signal } = {}) {
      const batches: JobStatus["batches"] = {
        ...{ open: 0, claimed: 0, submitted: 0, questioned: 0, settled: 0, void: 0 },
      };
      const { number } = await client.public.getBlock();
      const at = { jobId, blockNumber: number, signal };
      for (const { status } of await getBatches(client, { ...at, count: batchCount(terms) })) {
        batches[status] += 1;
      }
      return { ...(await getJob(client, at)), batches };
    },
    results: (options) => jobResults(client, job, options),
    settled: (options) => awaitSettled(client, job, options),
    audit: (options) => auditJob(client, job, options),
    watch: ((options?: WatchHandleOptions & { onEvent?: undefined }) =>
      watchJob(client, { fromBlock: blockNumber, ...options, jobId })) as JobHandle["watch"],
    why: (options) => whyJobWaits(client, job, options),
    cancel: ({ signal } = {}) => cancel(client, { terms, signal }),
  };
}
