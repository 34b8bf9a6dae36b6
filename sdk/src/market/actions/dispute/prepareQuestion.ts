import type { Hex } from "viem";
import {
  transactionOf,
  type WriteErrorType,
  type WriteParameters,
  type WriteReturnType,
  write,
} from "../../chain/write.ts";
import type { MarketContext } from "../../context/marketContext.ts";
import type { ContractErrorOf } from "../../errors/contract.ts";

export interface PrepareQuestionParameters extends WriteParameters {
  /** See `questionCommitment`. */
  commitment: Hex;
  /** Wei: the bond of a first challenge at least, for a demand too; see `getQuestionCosts`. */
  amount: bigint;
}

export type PrepareQuestionReturnType = WriteReturnType;

export type PrepareQuestionErrorType =
  | WriteErrorType
  | ContractErrorOf<"Marketplace_AlreadyPrepared" | "Marketplace_ZeroAmount">;

/**
 * The first step of a question, at least a second after the batch was submitted and at least a second before the question, by the
 * blocks' time: so nobody who sees the question can ask it first. It is good for the response window. What is not used is lost, unless somebody else asks the same first:
 * `reclaimPreparation`.
 */
export async function prepareQuestion(
  client: MarketContext,
  { commitment, amount, signal }: PrepareQuestionParameters,
): Promise<PrepareQuestionReturnType> {
  const call = { functionName: "prepare", args: [commitment], value: amount } as const;
  return transactionOf(await write(client, call, { signal }));
}
