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

export interface DepositParameters extends WriteParameters {
  /** Wei of the native coin. */
  amount: bigint;
}

export interface DepositReturnType extends WriteReturnType {
  /** Wei by which the stake grew. */
  amount: bigint;
}

export type DepositErrorType = WriteErrorType | ContractErrorOf<"Marketplace_ZeroAmount">;

/** Adds to the account's stake. */
export async function deposit(
  client: MarketContext,
  { amount, signal }: DepositParameters,
): Promise<DepositReturnType> {
  const call = { functionName: "deposit", args: [], value: amount } as const;
  const written = await write(client, call, { signal });
  return { ...transactionOf(written), amount: eventOf(client, written, "Deposited").amount };
}
