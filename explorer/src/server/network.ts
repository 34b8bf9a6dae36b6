/** What a page learns of the network from a node: `/api/network`. */
export interface NetworkView {
  /** The node that was asked. */
  peerId: string;
  multiaddrs: readonly string[];
  /** Its open connections. */
  connections: readonly { peerId: string; multiaddr: string; agent?: string | undefined }[];
  /** What others of the same Marketplace said of themselves lately. */
  present: readonly PresentPeer[];
}

export interface PresentPeer {
  peerId: string;
  account?: string | undefined;
  roles: readonly string[];
  tags: readonly string[];
  freeBatches: number;
}

/** As much of `@assay/network`'s peer as is shown. */
interface ShownPeer {
  peerId: string;
  multiaddrs: readonly string[];
  peers: NetworkView["connections"];
  market:
    | {
        present: readonly {
          author: { peerId: string; account?: string | undefined };
          roles: readonly string[];
          tags: readonly string[];
          freeBatches: number;
        }[];
      }
    | undefined;
}

export function networkOf({ peerId, multiaddrs, peers, market }: ShownPeer): NetworkView {
  const present = (market?.present ?? []).map(({ author, roles, tags, freeBatches }) => {
    return { peerId: author.peerId, account: author.account, roles, tags, freeBatches };
  });
  return { peerId, multiaddrs, connections: peers, present };
}
