export type { WatchOptions } from "./followLogs.ts";
export {
  type WatchBatchesCallback,
  type WatchBatchesErrorType,
  type WatchBatchesParameters,
  type WatchBatchesReturnType,
  type WatchedBatchEvent,
  watchBatches,
} from "./watchBatches.ts";
export {
  type WatchDisputesCallback,
  type WatchDisputesErrorType,
  type WatchDisputesParameters,
  type WatchDisputesReturnType,
  type WatchedDisputeEvent,
  watchDisputes,
} from "./watchDisputes.ts";
export type { Unwatch } from "./watching.ts";
export {
  type WatchedJobEvent,
  type WatchJobCallback,
  type WatchJobErrorType,
  type WatchJobParameters,
  type WatchJobReturnType,
  watchJob,
} from "./watchJob.ts";
export {
  type JobFilter,
  type WatchedJob,
  type WatchJobsCallback,
  type WatchJobsErrorType,
  type WatchJobsParameters,
  type WatchJobsReturnType,
  watchJobs,
} from "./watchJobs.ts";
