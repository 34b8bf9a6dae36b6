import { createProgramCache } from "@assay/runners";
import type { Content, JobId } from "@assay/sdk";
import type { Address } from "viem";
import { type PreparedJob, prepareJob } from "./prepareJob.ts";
import { createProofRules } from "./provable.ts";

/** Maximum number of jobs in memory. A program may have megabytes. */
const MOST = 16;

export interface PreparedJobs {
  /** Prepares the job, unless it is in memory. */
  get(
    job: Pick<PreparedJob, "jobId" | "terms" | "spec">,
    signal: AbortSignal,
  ): Promise<PreparedJob>;
}

/** Keeps the jobs that were used last, ready to run. */
export function createPreparedJobs({
  content,
  proofs: proofArbiters = [],
}: {
  content: Content;
  /** The ProofArbiters that the node knows. */
  proofs?: readonly Address[] | undefined;
}): PreparedJobs {
  const proofs = createProofRules(proofArbiters);
  const atHand = new Map<JobId, PreparedJob>();
  const programs = createProgramCache();
  return {
    async get(job, signal) {
      const prepared =
        atHand.get(job.jobId) ?? (await prepareJob({ content, programs, proofs }, job, signal));
      atHand.delete(job.jobId);
      atHand.set(job.jobId, prepared); // now the latest used
      const [oldest] = atHand.keys();
      if (atHand.size > MOST && oldest !== undefined) atHand.delete(oldest);
      return prepared;
    },
  };
}
