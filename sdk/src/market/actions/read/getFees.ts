import type { AbortOptions } from "../../../concurrency/abortOptions.ts";
import type { ChainContext } from "../../context/marketContext.ts";
import type { Fees } from "../../context/transactionStore.ts";
import type { FeeCapError } from "../../errors/market.ts";
import { currentFees, reserveFeePerGas } from "../../transactions/fees.ts";

export type GetFeesParameters = AbortOptions;

export interface GetFeesReturnType extends Fees {
  /** What a transaction sent now could come to for one unit of gas if it had to be replaced once, in wei. */
  reserveFeePerGas: bigint;
}

export type GetFeesErrorType = FeeCapError;

/** What a transaction sent now would offer for one unit of gas, in wei. */
export async function getFees(
  client: ChainContext,
  { signal }: GetFeesParameters = {},
): Promise<GetFeesReturnType> {
  const fees = await currentFees(client, signal);
  return { ...fees, reserveFeePerGas: reserveFeePerGas(fees) };
}
