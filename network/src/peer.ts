import { type Announcer, type Content, type JobHint, jobsTopic } from "@assay/sdk";
import type { Libp2pOptions } from "libp2p";
import type { Address } from "viem";
import type { KeptBlocks } from "../../worker/src/blocks/keptBlocks.ts";
import { startHelia } from "./content/helia.ts";
import { createHeliaContent } from "./content/heliaContent.ts";
import { memoryStores, openStores } from "./content/stores.ts";
import { keepBootstrapped } from "./p2p/bootstrap.ts";
import { joinJobGossip } from "./p2p/jobGossip.ts";
import { checkDialable, type NetworkKind } from "./p2p/network.ts";

/** Where the peer's key and blocks are kept: in a folder, or in memory until the process ends. */
export type PeerStorage =
  | { dataDir: string; memory?: false }
  | { dataDir?: undefined; memory: true };

export type PeerOptions = PeerNetworkOptions & PeerStorage;

export interface PeerNetworkOptions {
  /** Multiaddrs to listen on. Default: any free TCP port, on loopback only in a local network. */
  listen?: readonly string[] | undefined;
  /** Multiaddrs to tell others instead of those listened on. */
  announce?: readonly string[] | undefined;
  /** Multiaddrs, with peer ids, of peers that are in the network already. None: this is its first. */
  bootstrap?: readonly string[] | undefined;
  network: NetworkKind;
  /** Finds peers of the same local network by multicast DNS. Default: no. */
  mdns?: boolean | undefined;
  /** Passes on what others, who cannot be dialled, are sent. Default: no. */
  relay?: boolean | undefined;
  /** With `marketplace`: whose jobs are gossiped about. Without both of them the peer takes no part in gossip. */
  chainId?: number | undefined;
  marketplace?: Address | undefined;
  /** Collects what libp2p counts. */
  libp2pMetrics?: Libp2pOptions["metrics"] | undefined;
  /** Most bytes that the blocks may take on disk. Default: no limit. */
  diskQuotaBytes?: number | undefined;
  /** Called for every "look now" that is heard. */
  onHint?: ((hint: JobHint) => void) | undefined;
}

/** A member of the network: it stores and serves blocks, answers DHT queries and passes job hints on. */
export interface Peer {
  readonly peerId: string;
  /** Where others can reach it, peer id included: a bootstrap address for them. */
  readonly multiaddrs: string[];
  /** Peers with an open connection. */
  readonly connections: number;
  /** Those connections, each with whom and over what. */
  readonly peers: { peerId: string; multiaddr: string }[];
  readonly content: Content;
  /** The blocks, where they are on disk. */
  readonly kept: KeptBlocks | undefined;
  readonly announcer: Announcer;
  /** Leaves the network. May be called again. */
  stop(): Promise<void>;
}

/**
 * Starts a peer and brings it into the network.
 *
 * @throws {@link DataDirInUseError} when `dataDir` belongs to another running peer.
 * @throws {@link ListenError} {@link PrivateAddressError}
 */
export async function createPeer({
  dataDir,
  network,
  listen = [network === "local" ? "/ip4/127.0.0.1/tcp/0" : "/ip4/0.0.0.0/tcp/0"],
  announce,
  bootstrap = [],
  mdns,
  relay,
  chainId,
  marketplace,
  libp2pMetrics,
  diskQuotaBytes,
  onHint = () => {},
}: PeerOptions): Promise<Peer> {
  checkDialable(bootstrap, network);
  const stores =
    dataDir === undefined
      ? memoryStores()
      : await openStores(dataDir, { quotaBytes: diskQuotaBytes });
  const topic =
    chainId === undefined || marketplace === undefined
      ? undefined
      : jobsTopic(chainId, marketplace);
  const isFirst = bootstrap.length === 0;
  const host = { network, listen, announce, isFirst, mdns, relay, topic, metrics: libp2pMetrics };
  const helia = await startHelia(stores, host).catch(async (error) => {
    await stores.close();
    throw error;
  });
  const { libp2p } = helia;
  const gossip =
    topic === undefined ? undefined : joinJobGossip(libp2p.services.pubsub, { topic, onHint });
  if (mdns) {
    libp2p.addEventListener("peer:discovery", ({ detail }) => {
      // Nobody has to be at home: multicast is heard by all.
      libp2p.dial(detail.id).catch(() => {});
    });
  }
  const entry = keepBootstrapped(libp2p, bootstrap);
  await entry.ready;

  let stopped: Promise<void> | undefined;
  async function stop(): Promise<void> {
    entry.stop();
    gossip?.close();
    await helia.stop();
    await stores.close();
  }

  return {
    peerId: libp2p.peerId.toString(),
    get multiaddrs() {
      return libp2p.getMultiaddrs().map((address) => address.toString());
    },
    get connections() {
      return libp2p.getConnections().length;
    },
    get peers() {
      return libp2p.getConnections().map(({ remotePeer, remoteAddr }) => ({
        peerId: remotePeer.toString(),
        multiaddr: remoteAddr.toString(),
      }));
    },
    kept: stores.kept,
    content: createHeliaContent(helia, stores),
    announcer: gossip ?? { async announce() {} },
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}
