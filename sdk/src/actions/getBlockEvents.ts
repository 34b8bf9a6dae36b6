import { type Hex, isAddressEqual, numberToHex, type RpcTransactionReceipt } from "viem";
import type { MarketContext } from "../clients/marketContext.ts";
import type { AbortOptions } from "../content/content.ts";
import { marketplaceAbi } from "../generated/marketplaceAbi.ts";
import { abortable } from "../streams/abortable.ts";
import { ACCOUNT_EVENTS, JOB_EVENTS, type MarketEvent, toMarketEvent } from "./getMarketEvents.ts";
import { decodeLogs, type MarketLog } from "./logs.ts";

export interface GetBlockEventsParameters extends AbortOptions {
  blockNumber: bigint;
  /** Only if this is the block's hash; else there are none. */
  blockHash: Hex;
}

/** `undefined` when the node does not give receipts by block. */
export type GetBlockEventsReturnType = MarketEvent[] | undefined;

/** viem's own, when the node is out of reach. */
export type GetBlockEventsErrorType = Error;

/**
 * The Marketplace's events in one block, from the receipts of its transactions. Nodes keep those apart from the index that
 * `getMarketEvents` is answered from: what that has lost is found here.
 */
export async function getBlockEvents(
  client: MarketContext,
  { blockNumber, blockHash, signal }: GetBlockEventsParameters,
): Promise<GetBlockEventsReturnType> {
  const receipts = await abortable(readReceipts(client, blockNumber), signal);
  if (receipts === undefined) return undefined;
  const logs = receipts
    .filter((receipt) => receipt.blockHash === blockHash)
    .flatMap((receipt) => receipt.logs)
    .filter(({ address }) => isAddressEqual(address, client.marketplace));
  return decodeLogs(marketplaceAbi, [...JOB_EVENTS, ...ACCOUNT_EVENTS], logs).flatMap(
    // The names are the Marketplace's, and so the arguments are by its ABI.
    (log) => toMarketEvent(log as unknown as MarketLog) ?? [],
  );
}

async function readReceipts(
  { public: node }: MarketContext,
  blockNumber: bigint,
): Promise<readonly RpcTransactionReceipt[] | undefined> {
  // viem has no type for this method, which all of today's nodes have.
  const request = node.request as unknown as (call: {
    method: "eth_getBlockReceipts";
    params: [Hex];
  }) => Promise<readonly RpcTransactionReceipt[] | null>;
  try {
    const params: [Hex] = [numberToHex(blockNumber)];
    return (await request({ method: "eth_getBlockReceipts", params })) ?? [];
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === -32_601 || code === -32_004) return undefined;
    throw error;
  }
}
