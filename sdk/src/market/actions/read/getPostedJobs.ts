import type { Address } from "viem";
import { admittedCid } from "../../../protocol/cid/chainCid.ts";
import { hashSpec, hashTerms } from "../../../protocol/job/hash.ts";
import type { JobId, JobSpec, JobTerms } from "../../../protocol/job/job.ts";
import { type LogRange, type MarketLog, readLogs } from "../../chain/logs.ts";
import type { MarketContext } from "../../context/marketContext.ts";
import { ChainDataError } from "../../errors/market.ts";

export interface GetPostedJobsParameters extends LogRange {
  /** Only this job. Default: all. */
  jobId?: JobId | undefined;
}

export interface PostedJob {
  jobId: JobId;
  requester: Address;
  terms: JobTerms;
  spec: JobSpec;
  blockNumber: bigint;
}

export type GetPostedJobsReturnType = PostedJob[];

export type GetPostedJobsErrorType = ChainDataError;

/**
 * The jobs that were posted in a range of blocks, with everything that their posting wrote down. Terms and spec are checked
 * against the job's name. A job whose program or manifest no node could fetch, because its CID is none that Assay
 * admits, is left out: its requester pays nobody for it.
 */
export async function getPostedJobs(
  client: MarketContext,
  { jobId, ...range }: GetPostedJobsParameters,
): Promise<GetPostedJobsReturnType> {
  const jobs: PostedJob[] = [];
  for await (const log of readLogs(client, { events: ["JobPosted"], job: jobId }, range)) {
    const job = toPostedJob(log);
    if (job !== undefined) jobs.push(job);
  }
  return jobs;
}

/** `undefined` for a job whose CIDs Assay does not admit. */
export function toPostedJob({
  args,
  blockNumber,
}: Pick<MarketLog<"JobPosted">, "args" | "blockNumber">): PostedJob | undefined {
  const { job: jobId, requester, terms } = args;
  const program = admittedCid(args.spec.program);
  const manifest = admittedCid(args.spec.manifest);
  if (program === undefined || manifest === undefined) return undefined;
  const spec: JobSpec = { ...args.spec, program, manifest };
  if (hashTerms(terms) !== jobId || hashSpec(spec) !== terms.specHash) {
    throw new ChainDataError(`terms or spec of job ${jobId} do not hash to its name`);
  }
  return { jobId, requester, terms, spec, blockNumber };
}
