import type { Address } from "viem";
import type { ReadParameters } from "../../chain/read.ts";
import type { JuryContext } from "../../context/marketContext.ts";
import { AccountRequiredError } from "../../errors/market.ts";
import { readJury } from "./call.ts";

export interface GetJurorParameters extends ReadParameters {
  /** Default: the client's own account. */
  account?: Address | undefined;
}

/** Amounts in wei. */
export interface GetJurorReturnType {
  /** 0 for an account that is no juror. */
  number: number;
  /** What is unbonding included. */
  stake: bigint;
  unbonding: bigint;
  /** Unix seconds. */
  withdrawableAt: number;
  /** In disputes that are not settled. */
  seats: number;
  /** Weight in the draws of the next epoch. */
  tickets: bigint;
}

export type GetJurorErrorType = AccountRequiredError;

/** Stake and seats of a juror. */
export async function getJuror(
  client: JuryContext,
  { account = client.wallet?.account.address, ...options }: GetJurorParameters = {},
): Promise<GetJurorReturnType> {
  if (account === undefined) throw new AccountRequiredError("getJuror");
  return readJury(client, "juror", [account], options);
}
