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

export interface UnbondParameters extends WriteParameters {
  /** Wei of free stake. */
  amount: bigint;
}

export interface UnbondReturnType extends WriteReturnType {
  /** Wei that left the stake. */
  amount: bigint;
  /** Unix seconds from which everything that unbonds may be withdrawn. */
  readyAt: number;
}

export type UnbondErrorType =
  | WriteErrorType
  | ContractErrorOf<"Marketplace_ZeroAmount" | "Marketplace_InsufficientStake">;

/** Takes free stake out of the account's stake. The clock (re)starts for everything that is unbonding. */
export async function unbond(
  client: MarketContext,
  { amount, signal }: UnbondParameters,
): Promise<UnbondReturnType> {
  const written = await write(client, { functionName: "unbond", args: [amount] }, { signal });
  const event = eventOf(client, written, "Unbonded");
  return { ...transactionOf(written), amount: event.amount, readyAt: event.readyAt };
}
