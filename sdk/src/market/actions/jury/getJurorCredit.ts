import type { Address } from "viem";
import type { ReadParameters } from "../../chain/read.ts";
import type { JuryContext } from "../../context/marketContext.ts";
import { AccountRequiredError } from "../../errors/market.ts";
import { readJury } from "./call.ts";

export interface GetJurorCreditParameters extends ReadParameters {
  /** Default: the client's own account. */
  account?: Address | undefined;
}

/** Wei. */
export type GetJurorCreditReturnType = bigint;

export type GetJurorCreditErrorType = AccountRequiredError;

/** Reads the credit that an account may withdraw from the jury. */
export async function getJurorCredit(
  client: JuryContext,
  { account = client.wallet?.account.address, ...options }: GetJurorCreditParameters = {},
): Promise<GetJurorCreditReturnType> {
  if (account === undefined) throw new AccountRequiredError("getJurorCredit");
  return readJury(client, "credit", [account], options);
}
