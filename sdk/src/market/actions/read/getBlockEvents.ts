import {
  type AbiEvent,
  type Hex,
  isAddressEqual,
  numberToHex,
  type RpcTransactionReceipt,
  toEventSelector,
} from "viem";
import { abortable } from "../../../concurrency/abortable.ts";
import type { AbortOptions } from "../../../concurrency/abortOptions.ts";
import { marketplaceAbi } from "../../../generated/marketplaceAbi.ts";
import { readLog } from "../../chain/chosenLogs.ts";
import { decodeLogs, type MarketLog } from "../../chain/logs.ts";
import { requireMarketplace } from "../../chain/requireMarketplace.ts";
import type { MarketContext } from "../../context/marketContext.ts";
import { ACCOUNT_EVENTS, JOB_EVENTS, type MarketEvent, toMarketEvent } from "./getMarketEvents.ts";

/** The receipts of a block, as the chain's node gave them. */
export type BlockReceipts = readonly RpcTransactionReceipt[];

export interface GetBlockEventsParameters extends AbortOptions {
  blockNumber: bigint;
  /** Only if this is the block's hash; else there are none. */
  blockHash: Hex;
  /** Hashes of the block's transactions: whose receipts are asked for one by one where the node gives none by block. Default: asked for. */
  transactions?: readonly Hex[] | undefined;
  /** Called before anything is taken from them; what it throws is thrown. Default: they are believed. */
  check?: ((receipts: BlockReceipts) => Promise<void> | void) | undefined;
}

/** `undefined` when the node does not give the receipts. */
export type GetBlockEventsReturnType = MarketEvent[] | undefined;

/** viem's own errors when the node is unreachable. */
export type GetBlockEventsErrorType = Error;

const EVENTS: readonly string[] = [...JOB_EVENTS, ...ACCOUNT_EVENTS];
const SELECTORS = new Set<string | undefined>(
  marketplaceAbi
    .filter((item): item is typeof item & AbiEvent => item.type === "event")
    .filter(({ name }) => EVENTS.includes(name))
    .map((event) => toEventSelector(event as AbiEvent)),
);
/** Receipts that are asked for at a time where they come one by one. */
const AT_ONCE = 8;

/**
 * The Marketplace's events in one block, from the receipts of its transactions. Nodes keep those apart from the index that
 * `getMarketEvents` is answered from: what that has lost is found here.
 */
export async function getBlockEvents(
  client: MarketContext,
  { blockNumber, blockHash, transactions, check, signal }: GetBlockEventsParameters,
): Promise<GetBlockEventsReturnType> {
  await requireMarketplace(client, signal);
  const byBlock = await abortable(readReceipts(client, blockNumber), signal);
  const receipts =
    byBlock === "unknown method"
      ? await readOneByOne(client, { blockNumber, transactions, signal })
      : byBlock;
  if (receipts === undefined) return undefined;
  await check?.(receipts);
  const place = { blockNumber: numberToHex(blockNumber), blockHash };
  const logs = [...receipts]
    .filter((receipt) => receipt.blockHash === blockHash)
    .sort((a, b) => Number(a.transactionIndex) - Number(b.transactionIndex))
    .flatMap(({ transactionHash, logs }) =>
      logs
        .toSorted((a, b) => Number(a.logIndex) - Number(b.logIndex))
        .map((log) => ({ ...log, transactionHash })),
    )
    // Where a log is follows from where it stands.
    .map((log, i) => ({ ...log, ...place, logIndex: numberToHex(i) }))
    .filter(({ address, topics }) => {
      return isAddressEqual(address, client.marketplace) && SELECTORS.has(topics[0]?.toLowerCase());
    })
    .map(readLog);
  return decodeLogs(marketplaceAbi, EVENTS, logs).flatMap(
    // The names are the Marketplace's, and so the arguments are by its ABI.
    (log) => toMarketEvent(log as unknown as MarketLog) ?? [],
  );
}

async function readReceipts(
  { public: node }: MarketContext,
  blockNumber: bigint,
): Promise<BlockReceipts | undefined | "unknown method"> {
  // viem has no type for this method, which nearly all of today's nodes have.
  const request = node.request as unknown as (call: {
    method: "eth_getBlockReceipts";
    params: [Hex];
  }) => Promise<unknown>;
  try {
    const params: [Hex] = [numberToHex(blockNumber)];
    const receipts = await request({ method: "eth_getBlockReceipts", params });
    return Array.isArray(receipts) ? receipts : undefined;
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === -32_601 || code === -32_004) return "unknown method";
    throw error;
  }
}

async function readOneByOne(
  { public: node }: MarketContext,
  { blockNumber, transactions, signal }: Omit<GetBlockEventsParameters, "blockHash" | "check">,
): Promise<BlockReceipts | undefined> {
  const hashes =
    transactions ?? (await abortable(node.getBlock({ blockNumber }), signal)).transactions;
  const receipts: RpcTransactionReceipt[] = [];
  for (let from = 0; from < hashes.length; from += AT_ONCE) {
    const several = hashes
      .slice(from, from + AT_ONCE)
      .map((hash) => node.request({ method: "eth_getTransactionReceipt", params: [hash] }));
    for (const receipt of await abortable(Promise.all(several), signal)) {
      if (receipt === null) return undefined;
      receipts.push(receipt);
    }
  }
  return receipts;
}
