import type { MarketClient } from "@assay/sdk";
import { BlockNotFoundError, type Hex } from "viem";
import { abortable } from "../concurrency/abortable.ts";
import type { BlockRef } from "../store/blockStore.ts";
import { ChainMovedError } from "./errors.ts";

/** What the follower needs of a block. */
export interface Header extends BlockRef {
  parentHash: Hex;
  /** Unix seconds. */
  timestamp: number;
  logsBloom: Hex | null;
}

/**
 * @param number - default: the latest block.
 *
 * @throws {@link ChainMovedError} when the chain does not have the block any more.
 */
export async function readHeader(
  { public: node }: Pick<MarketClient, "public">,
  number: bigint | undefined,
  signal: AbortSignal,
): Promise<Header> {
  // viem's own requests cannot be aborted, and may be retried for long.
  const block = node.getBlock(number === undefined ? {} : { blockNumber: number });
  try {
    const { hash, parentHash, timestamp, logsBloom, number: is } = await abortable(block, signal);
    return { number: is, hash, parentHash, timestamp: Number(timestamp), logsBloom };
  } catch (error) {
    if (number !== undefined && error instanceof BlockNotFoundError) {
      throw new ChainMovedError(number);
    }
    throw error;
  }
}
