import type { Address } from "viem";
import { decodeRights, type Right } from "../../calls/rights.ts";
import { type ReadParameters, read } from "../../chain/read.ts";
import type { MarketContext } from "../../context/marketContext.ts";
import { AccountRequiredError } from "../../errors/market.ts";

export interface GetRightsParameters extends ReadParameters {
  /** Default: the client's own account. */
  account?: Address | undefined;
  operator: Address;
}

export type GetRightsReturnType = Right[];

export type GetRightsErrorType = AccountRequiredError;

/** Reads the rights of an operator in an account's name. */
export async function getRights(
  client: MarketContext,
  { account = client.wallet?.account.address, operator, ...options }: GetRightsParameters,
): Promise<GetRightsReturnType> {
  if (account === undefined) throw new AccountRequiredError("getRights");
  return decodeRights(await read(client, "rightsOf", [account, operator], options));
}
