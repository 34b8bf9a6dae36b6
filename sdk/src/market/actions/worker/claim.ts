import type { JobTerms } from "../../../protocol/job/job.ts";
import {
  eventOf,
  transactionOf,
  type WriteErrorType,
  type WriteParameters,
  type WriteReturnType,
  write,
} from "../../chain/write.ts";
import type { MarketContext } from "../../context/marketContext.ts";
import type { ContractErrorOf } from "../../errors/contract.ts";

export interface ClaimParameters extends WriteParameters {
  terms: JobTerms;
  batch: number;
}

export interface ClaimReturnType extends WriteReturnType {
  /** Last second (Unix time) at which the batch may be submitted. */
  deadline: number;
}

export type ClaimErrorType =
  | WriteErrorType
  | ContractErrorOf<
      | "Marketplace_Cancelled"
      | "Marketplace_ClaimingClosed"
      | "Marketplace_InsufficientStake"
      | "Marketplace_NoSuchBatch"
      | "Marketplace_NotPosted"
      | "Marketplace_WrongStatus"
    >;

/** Claims a batch: locks `stakePerBatch` of the account's stake and starts the time to submit. */
export async function claim(
  client: MarketContext,
  { terms, batch, signal }: ClaimParameters,
): Promise<ClaimReturnType> {
  const call = { functionName: "claim", args: [terms, batch] } as const;
  const written = await write(client, call, { signal, isRace: true });
  return { ...transactionOf(written), deadline: eventOf(client, written, "BatchClaimed").deadline };
}
