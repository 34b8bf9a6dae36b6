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

export interface CancelParameters extends WriteParameters {
  terms: JobTerms;
}

export interface CancelReturnType extends WriteReturnType {
  /** What became the requester's credit, in the token's smallest unit; 0 if no task was open. */
  refund: bigint;
}

export type CancelErrorType =
  | WriteErrorType
  | ContractErrorOf<"Marketplace_Cancelled" | "Marketplace_NotPosted" | "Marketplace_NotRequester">;

/** Takes back the escrow of every open task. Claimed batches go on and are paid; one that expires later is refunded. */
export async function cancel(
  client: MarketContext,
  { terms, signal }: CancelParameters,
): Promise<CancelReturnType> {
  const written = await write(client, { functionName: "cancel", args: [terms] }, { signal });
  return { ...transactionOf(written), refund: eventOf(client, written, "JobCancelled").refund };
}
