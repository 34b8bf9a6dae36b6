import type { Announcer } from "@assay/sdk";
import { type Content, type JobHint, jobsTopic } from "@assay/sdk/protocol";
import type { Libp2pOptions } from "libp2p";
import type { CID } from "multiformats/cid";
import type { Address } from "viem";
import type { ContentOptions } from "./content/backends/contentOptions.ts";
import { openContent } from "./content/backends/openContent.ts";
import type { ProviderFigures } from "./content/exchange/providerScores.ts";
import type { AnnouncementFigures } from "./content/fetchedRoots.ts";
import { type HeliaNode, startHelia } from "./content/helia.ts";
import { createHeliaContent } from "./content/heliaContent.ts";
import { memoryStores, openStores, type Stores } from "./content/stores.ts";
import { keepBootstrapped } from "./p2p/bootstrap.ts";
import type { HostParameters } from "./p2p/hostOptions.ts";
import { joinJobGossip } from "./p2p/jobGossip.ts";
import { checkDialable, type NetworkKind } from "./p2p/network.ts";

/** Where the peer's key and blocks are kept: in a folder, in memory until the process ends, or where the caller says. */
export type PeerStorage =
  | { dataDir: string; memory?: false; stores?: undefined }
  | { dataDir?: undefined; memory: true; stores?: undefined }
  | {
      /** The peer closes them. */
      stores: Stores;
      dataDir?: undefined;
      memory?: false;
    };

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
  /** Where contents are stored and read. Default: in the network itself. */
  content?: ContentOptions | undefined;
  /** Collects libp2p's metrics. */
  libp2pMetrics?: Libp2pOptions["metrics"] | undefined;
  /** Called for every job hint received. */
  onHint?: ((hint: JobHint) => void) | undefined;
}

/** A member of the network: it stores and serves blocks, answers DHT queries and passes job hints on. */
export interface Peer {
  readonly peerId: string;
  /** Addresses at which others can reach the peer, with its peer id: bootstrap addresses for them. */
  readonly multiaddrs: string[];
  /** Peers with an open connection. */
  readonly connections: number;
  /** The open connections, each with its peer id and multiaddr. */
  readonly peers: { peerId: string; multiaddr: string }[];
  readonly content: Content;
  /** Stores a block with its peer, whatever else `content` is; for one that was checked, as those of a CAR are. */
  keep(cid: CID, bytes: Uint8Array): Promise<void>;
  /** What came from which provider, by peer id, and who is banned. */
  readonly providers: ReadonlyMap<string, ProviderFigures>;
  /** Contents that the peer has fetched and tells others of. */
  readonly announcements: AnnouncementFigures;
  readonly announcer: Announcer;
  /** Leaves the network. May be called again. */
  stop(): Promise<void>;
}

/**
 * Starts a peer and brings it into the network.
 *
 * @throws {@link DataDirInUseError} when `dataDir` belongs to another running peer.
 * @throws {@link ListenError} {@link PrivateAddressError} {@link MalformedAddressError}
 * @throws {@link KuboUnreachableError} {@link NoGatewayError} when contents are to be elsewhere, too.
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
  content,
  libp2pMetrics,
  stores: given,
  onHint = () => {},
}: PeerOptions): Promise<Peer> {
  const stores = given ?? (dataDir === undefined ? memoryStores() : await openStores(dataDir));
  const topic =
    chainId === undefined || marketplace === undefined
      ? undefined
      : jobsTopic(chainId, marketplace);
  const isFirst = bootstrap.length === 0;
  const common = { network, listen, announce, bootstrap, isFirst, mdns, relay };
  const host = { ...common, topic, metrics: libp2pMetrics };
  const helia = await start(stores, host).catch(async (error) => {
    await stores.close();
    throw error;
  });
  const { libp2p } = helia;
  const own = createHeliaContent(helia, stores);
  const contents = await openContent(own, content).catch(async (error) => {
    await helia.stop();
    await stores.close();
    throw error;
  });
  const gossip =
    topic === undefined ? undefined : joinJobGossip(libp2p.services.pubsub, { topic, onHint });
  if (mdns) {
    libp2p.addEventListener("peer:discovery", ({ detail }) => {
      // No peer has to be known: multicast reaches all.
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
    content: contents,
    keep: own.keep,
    get providers() {
      return own.providers;
    },
    get announcements() {
      return own.announcements;
    },
    announcer: gossip ?? { async announce() {} },
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}

/** @throws {@link ListenError} {@link PrivateAddressError} {@link MalformedAddressError} */
async function start(
  stores: Stores,
  { bootstrap, ...host }: HostParameters & { bootstrap: readonly string[] },
): Promise<HeliaNode> {
  checkDialable(bootstrap, host.network);
  return startHelia(stores, host);
}
