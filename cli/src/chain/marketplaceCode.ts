import type { MarketClient } from "@assay/sdk";
import { DeploymentMismatchError } from "./errors.ts";

/** @throws {@link DeploymentMismatchError} when there is no contract where the Marketplace is said to be. */
export async function marketplaceCode({ public: node, marketplace }: MarketClient): Promise<void> {
  const code = await node.getCode({ address: marketplace });
  if (code !== undefined && code !== "0x") return;
  throw new DeploymentMismatchError(
    `There is no contract at ${marketplace} on chain ${await node.getChainId()}: check --marketplace and --rpc.`,
  );
}
