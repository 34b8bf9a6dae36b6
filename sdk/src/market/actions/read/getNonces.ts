import type { Address } from "viem";
import { type ReadParameters, read } from "../../chain/read.ts";
import type { MarketContext } from "../../context/marketContext.ts";
import { AccountRequiredError } from "../../errors/market.ts";

export interface GetNoncesParameters extends ReadParameters {
  /** Default: the client's own account. */
  account?: Address | undefined;
  /** Which 256 nonces: those from `256 · word` on. */
  word: bigint;
}

/** A bit for each that is used, or ruled out. */
export type GetNoncesReturnType = bigint;

export type GetNoncesErrorType = AccountRequiredError;

/** Reads which nonces of signed calls an account has used. */
export async function getNonces(
  client: MarketContext,
  { account = client.wallet?.account.address, word, ...options }: GetNoncesParameters,
): Promise<GetNoncesReturnType> {
  if (account === undefined) throw new AccountRequiredError("getNonces");
  return read(client, "nonces", [account, word], options);
}
