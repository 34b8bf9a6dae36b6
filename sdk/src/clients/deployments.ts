import type { Address } from "viem";

export interface Deployment {
  marketplace: Address;
  /** Block that has the deployment: there are no events before it. */
  blockNumber: bigint;
}

/** Where the Marketplace is, by chain id. */
export const deployments: Readonly<Record<number, Deployment>> = {};
