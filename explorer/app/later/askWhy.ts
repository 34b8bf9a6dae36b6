import { type JobReason, type MarketContext, openJob, type PostedJob } from "@assay/sdk";
import { ownContext } from "./ownContext.ts";

/** Why a job waits: what the chain, its contents and arithmetic say. */
export async function askWhy(
  client: MarketContext,
  { jobId, blockNumber }: PostedJob,
  signal: AbortSignal,
): Promise<JobReason[]> {
  const job = await openJob(ownContext(client), { jobId, fromBlock: blockNumber, signal });
  return job.why({ signal, timeoutMs: 4_000 });
}
