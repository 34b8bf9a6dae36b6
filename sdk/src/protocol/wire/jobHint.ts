import type { JobId } from "../job/job.ts";

/** "Look at the chain now": what requesters tell the nodes of a network, which believe nothing of it. */
export interface JobHint {
  job: JobId;
  /** Block that has the job's latest event, as far as the sender knows. */
  block: bigint;
}
