import type { Address } from "viem";
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

export interface ExpireParameters extends WriteParameters {
  terms: JobTerms;
  batch: number;
}

export interface ExpireReturnType extends WriteReturnType {
  /** Whose claim it was. */
  worker: Address;
  /** Wei of stake that the worker lost: they are burned. */
  penalty: bigint;
}

export type ExpireErrorType =
  | WriteErrorType
  | ContractErrorOf<"Marketplace_NotOverdue" | "Marketplace_WrongStatus">;

/** Ends a claim whose deadline is over. Anyone may; nobody earns by it. */
export async function expire(
  client: MarketContext,
  { terms, batch, signal }: ExpireParameters,
): Promise<ExpireReturnType> {
  const written = await write(client, { functionName: "expire", args: [terms, batch] }, { signal });
  const { worker, penalty } = eventOf(client, written, "BatchExpired");
  return { ...transactionOf(written), worker, penalty };
}
