import { DeploymentUnknownError, deployments } from "@assay/sdk";
import type { Address } from "viem";
import { ConfigError } from "../config/errors.ts";

/** The deployment that the SDK knows on a chain. */
export function marketplaceIfKnown(chainId: number | undefined): Address | undefined {
  return chainId === undefined ? undefined : deployments[chainId]?.marketplace;
}

/**
 * The deployment that the SDK knows on a chain.
 *
 * @throws {@link ConfigError} when it knows none.
 */
export function knownMarketplace(chainId: number): Address {
  const marketplace = marketplaceIfKnown(chainId);
  if (marketplace === undefined) {
    throw new ConfigError(
      `No Marketplace is known on chain ${chainId}: give its address with --marketplace, ASSAY_MARKETPLACE or chain.marketplace.`,
      { cause: new DeploymentUnknownError(chainId) },
    );
  }
  return marketplace;
}
