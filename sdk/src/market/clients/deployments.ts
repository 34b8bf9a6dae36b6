import type { Address } from "viem";
import entries from "../../generated/deployments.json" with { type: "json" };

export interface Deployment {
  marketplace: Address;
  /** An arbiter that jobs may name. */
  jury: Address;
  /** The ProofArbiter, an arbiter that needs no jurors. Deployments of earlier versions have none. */
  proof?: Address;
  /** The contract `Offers`. Deployments of earlier versions have none. */
  offers?: Address;
  /** Block that has the deployment: there are no events before it. */
  blockNumber: bigint;
  /** Blocks, its own included, after which an event of this chain is believed. */
  confirmations: number;
  /** Multiaddrs of peers of the network there, with their peer ids or by name. */
  bootstrap?: readonly string[];
}

/** An entry of the file that `npm run deploy` writes. */
type Entry = Omit<Deployment, "blockNumber"> & { blockNumber: number };

/** Where Assay is, by chain id. */
export const deployments: Readonly<Record<number, Deployment>> = Object.fromEntries(
  Object.entries(entries as Record<string, Entry>).map(([chainId, entry]) => [
    chainId,
    { ...entry, blockNumber: BigInt(entry.blockNumber) },
  ]),
);
