import type { Hex } from "viem";
import type { MarketContext } from "../clients/marketContext.ts";
import type { ContractErrorOf } from "../errors/contract.ts";
import type { ResultLeaf } from "../types/dispute.ts";
import type { JobTerms } from "../types/job.ts";
import {
  transactionOf,
  type WriteErrorType,
  type WriteParameters,
  type WriteReturnType,
  write,
} from "./write.ts";

export interface RevealParameters extends WriteParameters {
  terms: JobTerms;
  batch: number;
  leaf: ResultLeaf;
  /** The leaf's siblings, from below, under the batch's result root. */
  proof: readonly Hex[];
}

export type RevealReturnType = WriteReturnType;

export type RevealErrorType =
  | WriteErrorType
  | ContractErrorOf<"Marketplace_Overdue" | "Marketplace_WrongLeaf" | "Marketplace_WrongStatus">;

/** Shows the leaf that was demanded. The demand's bond is the worker's then. */
export async function reveal(
  client: MarketContext,
  { terms, batch, leaf, proof, signal }: RevealParameters,
): Promise<RevealReturnType> {
  const call = { functionName: "reveal", args: [terms, batch, leaf, proof] } as const;
  return transactionOf(await write(client, call, { signal }));
}
