import type { Address } from "viem";
import { encodeRights, type Right } from "../../calls/rights.ts";
import {
  transactionOf,
  type WriteErrorType,
  type WriteParameters,
  type WriteReturnType,
  write,
} from "../../chain/write.ts";
import type { MarketContext } from "../../context/marketContext.ts";

export interface SetRightsParameters extends WriteParameters {
  operator: Address;
  /** All that it may do from now on; none takes everything back. */
  rights: readonly Right[];
}

export type SetRightsReturnType = WriteReturnType;

export type SetRightsErrorType = WriteErrorType;

/**
 * Lets an operator act in the account's name, with `callFor`. One with the right to work can lose stake, one with the right to be paid
 * out can take everything.
 */
export async function setRights(
  client: MarketContext,
  { operator, rights, signal }: SetRightsParameters,
): Promise<SetRightsReturnType> {
  const call = { functionName: "setRights", args: [operator, encodeRights(rights)] } as const;
  return transactionOf(await write(client, call, { signal }));
}
