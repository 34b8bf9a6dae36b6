import type { Question } from "../../../protocol/dispute/question.ts";
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

export interface ReclaimPreparationParameters extends WriteParameters {
  /** What was prepared. */
  question: Question;
  /** Of the question that somebody else asked. */
  round: number;
  /** Which one of the round's challenges, or demands, it is. */
  number: number;
}

export interface ReclaimPreparationReturnType extends WriteReturnType {
  /** Wei that are the account's credit again. */
  amount: bigint;
}

export type ReclaimPreparationErrorType =
  | WriteErrorType
  | ContractErrorOf<"Marketplace_NotAsked" | "Marketplace_NotPrepared">;

/** Gives back the money of a preparation, if somebody else asked about the same task, on the same ground, after it. */
export async function reclaimPreparation(
  client: MarketContext,
  { question, round, number, signal }: ReclaimPreparationParameters,
): Promise<ReclaimPreparationReturnType> {
  const call = { functionName: "reclaim", args: [question, round, number] } as const;
  const written = await write(client, call, { signal });
  const { amount } = eventOf(client, written, "PreparationReclaimed");
  return { ...transactionOf(written), amount };
}
