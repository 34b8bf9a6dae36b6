export type { AskedPrices, PriceQuantiles } from "./askedPrices.ts";
export type { AuditedJobTask, ChallengeTaskOptions, JobAuditOptions } from "./audit.ts";
export type { FirstClaims } from "./firstClaims.ts";
export type { JobHandle, JobStatus, WatchHandleOptions } from "./handle.ts";
export type { JobInput } from "./inputs.ts";
export {
  type ListedJob,
  type ListJobsErrorType,
  type ListJobsParameters,
  type ListJobsReturnType,
  listJobs,
} from "./listJobs.ts";
export {
  type OpenJobErrorType,
  type OpenJobParameters,
  type OpenJobReturnType,
  openJob,
} from "./openJob.ts";
export {
  type QuoteErrorType,
  type QuoteParameters,
  type QuoteReturnType,
  quote,
} from "./quote.ts";
export type { Finality, ResultsOptions, TaskResult } from "./results.ts";
export {
  type RunJobErrorType,
  type RunJobParameters,
  type RunJobProgress,
  type RunJobReturnType,
  runJob,
} from "./runJob.ts";
export { type StoreJobParameters, storeJob } from "./storeJob.ts";
export {
  type JobOptions,
  type SubmitJobErrorType,
  type SubmitJobParameters,
  type SubmitJobProgress,
  type SubmitJobReturnType,
  submitJob,
} from "./submitJob.ts";
export {
  type HandleOf,
  type InputOf,
  type JobProgram,
  type ResultOf,
  type TypedJobHandle,
  type TypedTaskResult,
  typedJob,
} from "./typedJob.ts";
