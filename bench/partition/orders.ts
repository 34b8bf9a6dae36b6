import type { Address, Hex } from "viem";

export interface SideOptions {
  rpcUrl: string;
  marketplace: Address;
  /** Keys of the accounts that work on this side. */
  keys: Hex[];
  /** The address on which its nodes listen. */
  host: string;
  /** Entry of the network; the first side is its first, and has none. */
  bootstrap: string[];
  folder: string;
}

export interface SideStatus {
  multiaddrs: string[];
  peerIds: string[];
  nodes: {
    /** Other nodes with stake that are there. */
    present: number;
    connected: string[];
    suspected: string[];
    suspectsPartition: boolean;
    /** Batches by state, as the node sees them. */
    batches: Record<string, number>;
  }[];
  /** Tasks that were computed on this side. */
  computed: number;
}

export type SideOrder =
  | ({ do: "start" } & SideOptions)
  | { do: "post"; tasks: number; key: Hex }
  | { do: "status" };
