export type Kind = "ours" | "stock";

export type Order =
  | { do: "join"; kind: Kind; bootstrap: string[] }
  | { do: "connect"; addresses: string[] }
  | { do: "say"; count: number; perSecond: number }
  | { do: "begin" }
  | { do: "report" };

export interface Reply {
  id?: number;
  error?: string;
  joined?: string[];
  latencies?: number[];
  cpuMs?: number;
  rssMb?: number;
  /** Others to which messages can go. */
  neighbours?: number;
  /** Bytes sent and received over all connections, or null where nobody counts. */
  bytes?: number | null;
}
