import type { Address } from "viem";
import { type ReadParameters, read } from "../../chain/read.ts";
import type { MarketContext } from "../../context/marketContext.ts";
import { AccountRequiredError } from "../../errors/market.ts";

export interface GetAccountParameters extends ReadParameters {
  /** Default: the client's own account. */
  account?: Address | undefined;
}

export interface GetAccountReturnType {
  /** Wei, `locked` included, `unbonding` not. */
  stake: bigint;
  /** Wei that stand for claimed and submitted batches. */
  locked: bigint;
  /** Wei that may be locked or unbonded: `stake − locked`. */
  free: bigint;
  /** Wei on their way out. */
  unbonding: bigint;
  /** Unix seconds from which `unbonding` may be withdrawn. */
  unbondingReadyAt: number;
  /** Reputation in 1/10000, 0 at first. */
  score: number;
  settledBatches: number;
  slashedBatches: number;
  expiredBatches: number;
}

export type GetAccountErrorType = AccountRequiredError;

/** Stake and record of an account. */
export async function getAccount(
  client: MarketContext,
  { account = client.wallet?.account.address, ...options }: GetAccountParameters = {},
): Promise<GetAccountReturnType> {
  if (account === undefined) throw new AccountRequiredError("getAccount");
  const state = await read(client, "account", [account], options);
  return { ...state, free: state.stake - state.locked };
}
