import type { Address, Hex } from "viem";
import { type ReadParameters, read } from "../../chain/read.ts";
import type { MarketContext } from "../../context/marketContext.ts";
import { AccountRequiredError } from "../../errors/market.ts";

export interface GetPreparationParameters extends ReadParameters {
  /** Default: the client's own account. */
  asker?: Address | undefined;
  /** See `questionCommitment`. */
  commitment: Hex;
}

export interface GetPreparationReturnType {
  /** Wei behind it; 0 if there is none, or it was used. */
  amount: bigint;
  /** Unix seconds; 0 if there is none, or it was used. */
  preparedAt: number;
}

export type GetPreparationErrorType = AccountRequiredError;

/** The money behind a commitment to a question. */
export async function getPreparation(
  client: MarketContext,
  { asker = client.wallet?.account.address, commitment, ...options }: GetPreparationParameters,
): Promise<GetPreparationReturnType> {
  if (asker === undefined) throw new AccountRequiredError("getPreparation");
  return read(client, "prepared", [asker, commitment], options);
}
