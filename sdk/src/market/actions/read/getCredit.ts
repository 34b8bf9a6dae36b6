import { type Address, zeroAddress } from "viem";
import { type ReadParameters, read } from "../../chain/read.ts";
import type { MarketContext } from "../../context/marketContext.ts";
import { AccountRequiredError } from "../../errors/market.ts";

export interface GetCreditParameters extends ReadParameters {
  /** Default: the client's own account. */
  account?: Address | undefined;
  /** Default: the zero address, the native coin. */
  token?: Address | undefined;
}

/** In the token's smallest unit. */
export type GetCreditReturnType = bigint;

export type GetCreditErrorType = AccountRequiredError;

/** Reads the credit that an account may withdraw. */
export async function getCredit(
  client: MarketContext,
  {
    account = client.wallet?.account.address,
    token = zeroAddress,
    ...options
  }: GetCreditParameters = {},
): Promise<GetCreditReturnType> {
  if (account === undefined) throw new AccountRequiredError("getCredit");
  return read(client, "credit", [account, token], options);
}
