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

export interface RebondParameters extends WriteParameters {
  /** Wei of what is unbonding. */
  amount: bigint;
}

export interface RebondReturnType extends WriteReturnType {
  /** Wei that are stake again. */
  amount: bigint;
}

export type RebondErrorType =
  | WriteErrorType
  | ContractErrorOf<"Marketplace_ZeroAmount" | "Marketplace_InsufficientUnbonding">;

/** Turns unbonding stake back into stake. */
export async function rebond(
  client: MarketContext,
  { amount, signal }: RebondParameters,
): Promise<RebondReturnType> {
  const written = await write(client, { functionName: "rebond", args: [amount] }, { signal });
  return { ...transactionOf(written), amount: eventOf(client, written, "Rebonded").amount };
}
