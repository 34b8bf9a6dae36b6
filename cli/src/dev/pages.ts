import type { LocalnetEnvironment } from "@assay/devnet";
import { networkOf, type PagesServer, servePages } from "@assay/explorer";
import type { Peer } from "@assay/network";

/** Serves the explorer of a local network, with the requester's peer as its store: a job can be posted from a browser. */
export function serveDevPages(
  {
    ASSAY_RPC: rpc,
    ASSAY_MARKETPLACE: marketplace,
    ASSAY_PROOF: proof,
    ...more
  }: LocalnetEnvironment,
  { peer, port }: { peer: Peer; port: number },
): Promise<PagesServer> {
  const { ASSAY_JURY: jury } = more;
  return servePages({
    ...{ host: "127.0.0.1", port, page: "explorer" },
    config: {
      ...{ rpc, marketplace, proof, gateway: "", node: "", canStore: true },
      ...(jury === undefined ? {} : { jury }),
    },
    content: peer.content,
    api: { network: async () => networkOf(peer) },
  });
}
