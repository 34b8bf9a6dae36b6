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

export interface ReleaseParameters extends WriteParameters {
  terms: JobTerms;
  batch: number;
}

export interface ReleaseReturnType extends WriteReturnType {
  /** Wei of stake that were burned. */
  fee: bigint;
}

export type ReleaseErrorType =
  | WriteErrorType
  | ContractErrorOf<"Marketplace_NotClaimer" | "Marketplace_Overdue" | "Marketplace_WrongStatus">;

/** Gives back a batch that the account claimed, before its deadline. The fee grows with the time that it was held. */
export async function release(
  client: MarketContext,
  { terms, batch, signal }: ReleaseParameters,
): Promise<ReleaseReturnType> {
  const call = { functionName: "release", args: [terms, batch] } as const;
  const written = await write(client, call, { signal });
  return { ...transactionOf(written), fee: eventOf(client, written, "BatchReleased").fee };
}
