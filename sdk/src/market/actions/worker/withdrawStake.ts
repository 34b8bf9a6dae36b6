import type { Address } from "viem";
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
import { AccountRequiredError } from "../../errors/market.ts";

export interface WithdrawStakeParameters extends WriteParameters {
  /** Default: the account itself. */
  to?: Address | undefined;
}

export interface WithdrawStakeReturnType extends WriteReturnType {
  /** Wei that were sent. */
  amount: bigint;
}

export type WithdrawStakeErrorType =
  | WriteErrorType
  | ContractErrorOf<
      | "FailedCall"
      | "Marketplace_InsufficientUnbonding"
      | "Marketplace_StillUnbonding"
      | "Marketplace_ZeroAmount"
      | "Marketplace_ZeroRecipient"
    >;

/** Sends everything that has unbonded. */
export async function withdrawStake(
  client: MarketContext,
  { to = client.wallet?.account.address, signal }: WithdrawStakeParameters = {},
): Promise<WithdrawStakeReturnType> {
  if (to === undefined) throw new AccountRequiredError("withdrawStake");
  const written = await write(client, { functionName: "withdrawStake", args: [to] }, { signal });
  return { ...transactionOf(written), amount: eventOf(client, written, "StakeWithdrawn").amount };
}
