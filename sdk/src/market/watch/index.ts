export type { WatchOptions } from "./followLogs.ts";
export {
  type WatchBatchesErrorType,
  type WatchBatchesParameters,
  type WatchBatchesReturnType,
  type WatchedBatchEvent,
  watchBatches,
} from "./watchBatches.ts";
export {
  type WatchDisputesErrorType,
  type WatchDisputesParameters,
  type WatchDisputesReturnType,
  type WatchedDisputeEvent,
  watchDisputes,
} from "./watchDisputes.ts";
export type { Unwatch } from "./watching.ts";
export {
  type WatchedJobEvent,
  type WatchJobErrorType,
  type WatchJobParameters,
  type WatchJobReturnType,
  watchJob,
} from "./watchJob.ts";
export {
  type JobFilter,
  type WatchedJob,
  type WatchJobsErrorType,
  type WatchJobsParameters,
  type WatchJobsReturnType,
  watchJobs,
} from "./watchJobs.ts";
