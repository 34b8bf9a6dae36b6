import { type Address, zeroAddress } from "viem";
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

export interface WithdrawParameters extends WriteParameters {
  /** Default: the zero address, the native coin. */
  token?: Address | undefined;
  /** Default: the account itself. */
  to?: Address | undefined;
}

export interface WithdrawReturnType extends WriteReturnType {
  /** What was sent, in the token's smallest unit. */
  amount: bigint;
}

export type WithdrawErrorType =
  | WriteErrorType
  | ContractErrorOf<"FailedCall" | "Marketplace_NoCredit" | "Marketplace_ZeroRecipient">;

/** Sends all of the account's credit in one token. */
export async function withdraw(
  client: MarketContext,
  { token = zeroAddress, to = client.wallet?.account.address, signal }: WithdrawParameters = {},
): Promise<WithdrawReturnType> {
  if (to === undefined) throw new AccountRequiredError("withdraw");
  const written = await write(client, { functionName: "withdraw", args: [token, to] }, { signal });
  return { ...transactionOf(written), amount: eventOf(client, written, "CreditWithdrawn").amount };
}
