import type { Hex } from "viem";
import type { ResultLeaf } from "../../../protocol/dispute/dispute.ts";
import type { JobTerms } from "../../../protocol/job/job.ts";
import {
  transactionOf,
  type WriteErrorType,
  type WriteParameters,
  type WriteReturnType,
  write,
} from "../../chain/write.ts";
import type { MarketContext } from "../../context/marketContext.ts";
import type { ContractErrorOf } from "../../errors/contract.ts";

export interface RevealParameters extends WriteParameters {
  terms: JobTerms;
  batch: number;
  /** Of the demand, in the current round. */
  number: number;
  leaf: ResultLeaf;
  /** The leaf's siblings, from below, under the batch's result root. */
  proof: readonly Hex[];
}

export type RevealReturnType = WriteReturnType;

export type RevealErrorType =
  | WriteErrorType
  | ContractErrorOf<"Marketplace_NotAsked" | "Marketplace_Overdue" | "Marketplace_WrongLeaf">;

/** Shows the leaf that was demanded. Half of the demand's bond is the worker's then. Anyone who has the leaf may. */
export async function reveal(
  client: MarketContext,
  { terms, batch, number, leaf, proof, signal }: RevealParameters,
): Promise<RevealReturnType> {
  const call = { functionName: "reveal", args: [terms, batch, number, leaf, proof] } as const;
  return transactionOf(await write(client, call, { signal }));
}
