import { abortable } from "../../../concurrency/abortable.ts";
import type { ReadParameters } from "../../chain/read.ts";
import { requireMarketplace } from "../../chain/requireMarketplace.ts";
import type { MarketContext } from "../../context/marketContext.ts";

export type GetBalanceParameters = ReadParameters;

/** Wei. */
export type GetBalanceReturnType = bigint;

/** viem's own errors when the node is unreachable. */
export type GetBalanceErrorType = Error;

/** Reads the Marketplace's own balance: all escrow, stake and credit together. */
export async function getBalance(
  client: MarketContext,
  { blockNumber, signal }: GetBalanceParameters = {},
): Promise<GetBalanceReturnType> {
  await requireMarketplace(client, signal);
  const address = client.marketplace;
  const balance = client.public.getBalance(
    blockNumber === undefined ? { address } : { address, blockNumber },
  );
  return abortable(balance, signal);
}
