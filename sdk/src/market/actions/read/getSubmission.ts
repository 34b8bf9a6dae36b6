import type { CID } from "multiformats/cid";
import type { Address, Hex } from "viem";
import { abortable } from "../../../concurrency/abortable.ts";
import type { AbortOptions } from "../../../concurrency/abortOptions.ts";
import { fromChainCid } from "../../../protocol/cid/chainCid.ts";
import type { UnsupportedCidError } from "../../../protocol/errors/content.ts";
import type { JobId } from "../../../protocol/job/job.ts";
import { type MarketLog, readLogs } from "../../chain/logs.ts";
import type { MarketContext } from "../../context/marketContext.ts";
import { BatchNotSubmittedError, ChainDataError } from "../../errors/market.ts";
import { type BatchState, type BatchStatus, getBatches } from "./getBatches.ts";

export interface GetSubmissionParameters extends AbortOptions {
  jobId: JobId;
  batch: number;
  /** Where to begin to look: the block of the job's posting is a good choice. Default: that of the deployment. */
  fromBlock?: bigint | undefined;
}

export interface Submission {
  worker: Address;
  resultRoot: Hex;
  /** The index block of the result manifest. */
  results: CID;
  blockNumber: bigint;
}

export type GetSubmissionReturnType = Submission;

export type GetSubmissionErrorType = BatchNotSubmittedError | ChainDataError | UnsupportedCidError;

const isSubmitted = (status: BatchStatus) =>
  ["submitted", "questioned", "settled"].includes(status);

/**
 * Reads the commitment of a batch's worker: the event that names the manifest, checked against worker and root in the chain's state.
 *
 * @throws {@link BatchNotSubmittedError} when the batch is open, claimed or void.
 */
export async function getSubmission(
  client: MarketContext,
  { jobId, batch, fromBlock = client.deployedAt, signal }: GetSubmissionParameters,
): Promise<GetSubmissionReturnType> {
  const toBlock = await abortable(client.public.getBlockNumber({ cacheTime: 0 }), signal);
  const options = { blockNumber: toBlock, signal };
  const [state] = await getBatches(client, { jobId, first: batch, count: 1, ...options });
  if (state === undefined || !isSubmitted(state.status)) {
    throw new BatchNotSubmittedError(jobId, batch);
  }
  // A batch can be submitted more than once in a job's life: the last one is the one that stands.
  let standing: MarketLog<"BatchSubmitted"> | undefined;
  const range = { fromBlock, toBlock, signal };
  for await (const log of readLogs(
    client,
    { events: ["BatchSubmitted"], job: jobId, batch },
    range,
  )) {
    standing = log;
  }
  if (standing === undefined || !stands(standing, state)) {
    throw new ChainDataError(`no event tells of the submission of batch ${batch} of job ${jobId}`);
  }
  return toSubmission(standing);
}

/** Whether the chain's state still is what the event says. */
export function stands({ args }: MarketLog<"BatchSubmitted">, state: BatchState): boolean {
  return (
    isSubmitted(state.status) &&
    state.batch === args.batch &&
    state.worker === args.worker &&
    state.resultRoot === args.resultRoot
  );
}

/** @throws {@link UnsupportedCidError} */
export function toSubmission({ args, blockNumber }: MarketLog<"BatchSubmitted">): Submission {
  const { worker, resultRoot, results } = args;
  return { worker, resultRoot, results: fromChainCid(results), blockNumber };
}
