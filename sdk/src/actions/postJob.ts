import { zeroAddress } from "viem";
import type { MarketContext } from "../clients/marketContext.ts";
import type { ContractErrorOf } from "../errors/contract.ts";
import { toChainSpec } from "../job/hash.ts";
import type { JobId, JobSpec, JobTerms } from "../types/job.ts";
import {
  eventOf,
  transactionOf,
  type WriteErrorType,
  type WriteParameters,
  type WriteReturnType,
  write,
} from "./write.ts";

export interface PostJobParameters extends WriteParameters {
  terms: JobTerms;
  spec: JobSpec;
}

export interface PostJobReturnType extends WriteReturnType {
  jobId: JobId;
}

export type PostJobErrorType =
  | WriteErrorType
  | ContractErrorOf<
      | "Marketplace_AlreadyPosted"
      | "Marketplace_MalformedCid"
      | "Marketplace_NotRequester"
      | "Marketplace_OutOfBounds"
      | "Marketplace_SpecMismatch"
    >;

/**
 * Posts a job and sends its escrow, `taskCount · rewardPerTask`, along; tokens have to be approved before. `submitJob` does this and
 * all that comes before.
 */
export async function postJob(
  client: MarketContext,
  { terms, spec, signal }: PostJobParameters,
): Promise<PostJobReturnType> {
  const call = {
    functionName: "post",
    args: [terms, toChainSpec(spec)],
    value: terms.token === zeroAddress ? BigInt(terms.taskCount) * terms.rewardPerTask : 0n,
  } as const;
  const written = await write(client, call, { signal });
  return { ...transactionOf(written), jobId: eventOf(client, written, "JobPosted").job };
}
