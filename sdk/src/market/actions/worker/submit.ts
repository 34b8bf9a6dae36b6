import type { CID } from "multiformats/cid";
import type { Hex } from "viem";
import { toChainCid } from "../../../protocol/cid/chainCid.ts";
import type { UnsupportedCidError } from "../../../protocol/errors/content.ts";
import type { JobId } from "../../../protocol/job/job.ts";
import {
  transactionOf,
  type WriteErrorType,
  type WriteParameters,
  type WriteReturnType,
  write,
} from "../../chain/write.ts";
import type { MarketContext } from "../../context/marketContext.ts";
import type { ContractErrorOf } from "../../errors/contract.ts";

export interface SubmitParameters extends WriteParameters {
  jobId: JobId;
  batch: number;
  /** Merkle root over the batch's result leaves. */
  resultRoot: Hex;
  /** The index block of the result manifest. */
  results: CID;
}

export type SubmitReturnType = WriteReturnType;

export type SubmitErrorType =
  | WriteErrorType
  | UnsupportedCidError
  | ContractErrorOf<
      | "Marketplace_MalformedCid"
      | "Marketplace_NotClaimer"
      | "Marketplace_Overdue"
      | "Marketplace_WrongStatus"
      | "Marketplace_ZeroResultRoot"
    >;

/** Commits to the results of a batch that the account claimed; the challenge window starts. */
export async function submit(
  client: MarketContext,
  { jobId, batch, resultRoot, results, signal }: SubmitParameters,
): Promise<SubmitReturnType> {
  const call = {
    functionName: "submit",
    args: [jobId, batch, resultRoot, toChainCid(results)],
  } as const;
  return transactionOf(await write(client, call, { signal }));
}
