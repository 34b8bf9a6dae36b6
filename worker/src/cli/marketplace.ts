import { DeploymentUnknownError, deployments } from "@assay/sdk";
import type { Address } from "viem";
import { UsageError } from "./errors.ts";

/**
 * The deployment that the SDK knows on a chain.
 *
 * @throws {@link UsageError} when it knows none.
 */
export function knownMarketplace(chainId: number): Address {
  const marketplace = deployments[chainId]?.marketplace;
  if (marketplace === undefined) {
    throw new UsageError(
      `No Marketplace is known on chain ${chainId}: give its address with --marketplace.`,
      { cause: new DeploymentUnknownError(chainId) },
    );
  }
  return marketplace;
}
