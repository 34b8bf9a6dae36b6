import { AsyncLocalStorage } from "node:async_hooks";
import type { JobId } from "@assay/sdk";

/**
 * The job that whatever is read and stored within a call is for: its blocks are kept as long as the job is in progress. Blocks go
 * through session, manifest and DAG readers that know nothing of jobs, so that it is not handed down by parameters.
 */
const job = new AsyncLocalStorage<JobId>();

/** Runs `action`; contents that it reads or stores are kept for `jobId`. */
export function keepingFor<T>(jobId: JobId, action: () => T): T {
  return job.run(jobId, action);
}

/** The job that the caller works for, if it is for one. */
export function jobAtHand(): JobId | undefined {
  return job.getStore();
}
