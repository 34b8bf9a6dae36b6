import type { MarketClient } from "@assay/sdk";
import type { Hex } from "viem";
import {
  ChainMismatchError,
  ChainUnreachableError,
  MarketplaceMissingError,
} from "../chain/errors.ts";

/**
 * Checks that the endpoint serves the expected chain, and that the chain has the Marketplace.
 * @returns the hash of block 0.
 *
 * @throws {@link ChainUnreachableError} {@link ChainMismatchError} {@link MarketplaceMissingError}
 */
export async function checkChain({ public: chain, marketplace }: MarketClient): Promise<Hex> {
  const [chainId, genesis, code] = await Promise.all([
    chain.getChainId(),
    chain.getBlock({ blockNumber: 0n }),
    chain.getCode({ address: marketplace }),
  ]).catch((cause) => {
    throw new ChainUnreachableError({ cause });
  });
  if (chainId !== chain.chain.id) throw new ChainMismatchError(chain.chain.id, chainId);
  if (code === undefined) throw new MarketplaceMissingError(marketplace, chainId);
  return genesis.hash;
}
