/** Assay's peer, its gossip alone with several authors, or gossipsub as it comes. */
export type Kind = "ours" | "chorus" | "stock";

export type Order =
  | { do: "join"; kind: Kind; bootstrap: string[]; countsBytes?: boolean }
  | { do: "connect"; addresses: string[] }
  | { do: "say"; count: number; perSecond: number }
  | { do: "begin" }
  | { do: "report" }
  | { do: "scores"; peerIds: string[] };

export interface Reply {
  joined?: string[];
  latencies?: number[];
  cpuMs?: number;
  rssMb?: number;
  /** Of the peers asked about, 0 where one is unknown. */
  scores?: number[];
  /** Others to which messages can go. */
  neighbours?: number;
  /** Bytes of gossip sent and received since it joined, where they are counted. */
  gossipBytes?: number;
  /** Sent and received over all connections since `begin`, Noise and Yamux included, TCP's headers not. */
  bytes?: number;
}

export const FLOODS = ["malformed", "one author", "different to each", "50 strangers"] as const;
export type Flood = (typeof FLOODS)[number];

export type FloodOrder = {
  targets: string[];
  flood: Flood;
  perSecond: number;
  ms: number;
};
