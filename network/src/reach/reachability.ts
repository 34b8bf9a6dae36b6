/**
 * How others can open a connection to a peer: at an address of its own (`public`), through relays alone (`relayed`), not at all
 * (`unreachable`), or nobody could tell yet (`unknown`).
 */
export type ReachState = "public" | "relayed" | "unreachable" | "unknown";

export const REACH_STATES = ["public", "relayed", "unreachable", "unknown"] as const;

export interface Reachability {
  state: ReachState;
  /** Ids of the relays through which the peer can be reached. */
  relays: readonly string[];
  /** What to do about it, where nobody can reach the peer. */
  advice?: string;
}

const ADVICE =
  "nobody can open a connection to this node: forward a TCP port to it and give --listen and --announce, or name relays with --relay";

export function reachabilityOf(state: ReachState, relays: readonly string[]): Reachability {
  return state === "unreachable" ? { state, relays, advice: ADVICE } : { state, relays };
}
