import { type Deployment, DeploymentUnknownError, deployments } from "@assay/sdk";
import type { Address } from "viem";
import { ConfigError } from "../config/errors.ts";
import { readDeployments } from "./deploymentFile.ts";

export interface MarketplaceSources {
  /** The address itself. */
  marketplace?: Address | undefined;
  /** A file that `assay chain deploy` has written. */
  deployment?: string | undefined;
}

/** The deployment that a file names on a chain; without a file, the one that the SDK knows. */
export function deploymentIfKnown(
  chainId: number | undefined,
  { deployment: file }: Pick<MarketplaceSources, "deployment"> = {},
): Deployment | undefined {
  if (chainId === undefined) return undefined;
  return (file === undefined ? deployments : readDeployments(file))[chainId];
}

/** The Marketplace on a chain: as it is named, else by the file, else the one that the SDK knows. */
export function marketplaceIfKnown(
  chainId: number | undefined,
  sources: MarketplaceSources = {},
): Address | undefined {
  return sources.marketplace ?? deploymentIfKnown(chainId, sources)?.marketplace;
}

/**
 * The same.
 *
 * @throws {@link ConfigError} when there is none.
 */
export function knownMarketplace(chainId: number, sources: MarketplaceSources = {}): Address {
  const marketplace = marketplaceIfKnown(chainId, sources);
  if (marketplace !== undefined) return marketplace;
  const { deployment: file } = sources;
  throw new ConfigError(
    file === undefined
      ? `No Marketplace is known on chain ${chainId}: give its address with --marketplace, ASSAY_MARKETPLACE or chain.marketplace.`
      : `${file} names no Marketplace on chain ${chainId}: name another file with --deployment, or give the address with --marketplace.`,
    { cause: new DeploymentUnknownError(chainId) },
  );
}
