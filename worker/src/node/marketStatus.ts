import type { ClockReport, GossipReport, Peer } from "@assay/network";

/** How a node stands among those that deal with the same Marketplace. */
export interface MarketStatus {
  gossip: GossipReport;
  clock: ClockReport;
  /** Nodes that said lately that they are there. */
  present: number;
  /** Peers that share a job with this node and are silent. */
  suspected: string[];
}

/** What any node says of its peer. */
export function peerStatusOf(peer: Peer) {
  const { peerId, multiaddrs, peers, reachability, partitionSuspectedSince, announcements } = peer;
  const market = marketStatusOf(peer);
  return {
    peerId,
    multiaddrs,
    peers,
    reachability,
    partitionSuspectedSince,
    announcements,
    market,
  };
}

function marketStatusOf({ market }: Pick<Peer, "market">): MarketStatus | undefined {
  return (
    market && {
      gossip: market.explain(),
      clock: market.clock,
      present: market.present.length,
      suspected: [...market.suspected],
    }
  );
}
