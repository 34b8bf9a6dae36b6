import type { Announcer, Workers } from "@assay/sdk";
import type { Content } from "@assay/sdk/protocol";
import type { Libp2p } from "@libp2p/interface";
import type { Libp2pOptions } from "libp2p";
import type { CID } from "multiformats/cid";
import type { Address } from "viem";
import type { ContentOptions } from "./content/backends/contentOptions.ts";
import type { OwnBlocks } from "./content/backends/filesContent.ts";
import { openContent, openOwnBlocks } from "./content/backends/openContent.ts";
import type { ProviderFigures } from "./content/exchange/providerScores.ts";
import type { AnnouncementFigures } from "./content/fetchedRoots.ts";
import { type HeliaNode, startHelia } from "./content/helia.ts";
import { createHeliaContent } from "./content/heliaContent.ts";
import { memoryStores, openStores, type Stores } from "./content/stores.ts";
import { type Direct, openDirect } from "./direct/direct.ts";
import { jobsTopic } from "./gossip/message.ts";
import { createLookups, type Lookups } from "./lookups.ts";
import { Judge, joinMarket, type MarketOptions, type MarketPeers } from "./market/marketPeers.ts";
import { createWorkers } from "./market/workers.ts";
import { watchAgents } from "./p2p/agents.ts";
import { Bootstrap } from "./p2p/bootstrap.ts";
import type { HostParameters } from "./p2p/hostOptions.ts";
import { checkDialable, defaultListen, type NetworkKind } from "./p2p/network.ts";
import type { Reachability } from "./reach/reachability.ts";
import {
  findService,
  type Market,
  type ServicePeer,
  type ServiceRole,
  serviceName,
  servicePeerOf,
} from "./reach/services.ts";
import { signerOf } from "./wire/signer.ts";

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

export interface PeerNetworkOptions extends MarketOptions {
  /** Multiaddrs to listen on. Default: any free TCP port, on loopback only in a local network, by IPv6 too in a public one. */
  listen?: readonly string[] | undefined;
  /** Multiaddrs to tell others instead of those listened on. */
  announce?: readonly string[] | undefined;
  /**
   * Multiaddrs of peers that are in the network already, with their peer ids or not. A name may stand for several: `/dnsaddr/net.example`,
   * or `/dns4/peers.example/tcp/4001`, of which all hosts are dialled. None: this is its first.
   */
  bootstrap?: readonly string[] | undefined;
  network: NetworkKind;
  /** Finds peers of the same local network by multicast DNS. Default: no. */
  mdns?: boolean | undefined;
  /** Passes on what others, who cannot be dialled, are sent. Default: no. */
  relay?: boolean | undefined;
  /**
   * Multiaddrs, with peer ids, of relays through which others reach the peer. They need not be there yet. Default: in a public network
   * it finds some itself for as long as nobody can dial it.
   */
  relays?: readonly string[] | undefined;
  /** Roles that the peer announces in the DHT, for {@link Peer.findServices} of others. A relay does so by itself. */
  services?: readonly ServiceRole[] | undefined;
  /** Asks the router for a port forwarding, by UPnP. For public networks. Default: no. */
  upnp?: boolean | undefined;
  /**
   * The key of a private network, as in a `swarm.key` file: connections to peers without it fail, so that the peer never meets those of
   * other networks. See {@link readSwarmKey}.
   */
  swarmKey?: Uint8Array | undefined;
  /** With `marketplace`: whose jobs are gossiped about. Without both of them the peer takes no part in gossip. */
  chainId?: number | undefined;
  marketplace?: Address | undefined;
  /** Where contents are stored and read. Default: in the network itself. */
  content?: ContentOptions | undefined;
  /** Collects libp2p's metrics. */
  libp2pMetrics?: Libp2pOptions["metrics"] | undefined;
  /** Called when there is another way to the peer, or none any more. */
  onReach?: ((reachability: Reachability) => void) | undefined;
}

/** The other end of a connection. */
export interface ConnectedPeer {
  peerId: string;
  multiaddr: string;
  /** What it says its software is, as `assay/0.1.0`; `undefined` until it said so. */
  agent: string | undefined;
}

/** A member of the network: it stores and serves blocks, answers DHT queries and passes job hints on. */
export interface Peer extends Lookups {
  readonly peerId: string;
  /** Addresses at which others can reach the peer, with its peer id: bootstrap addresses for them. */
  readonly multiaddrs: string[];
  /** Peers with an open connection. */
  readonly connections: number;
  /** The open connections. */
  readonly peers: ConnectedPeer[];
  /**
   * Since when so many peers are missing that the network may have come apart, in milliseconds since the epoch; `undefined` while nothing
   * looks like it.
   */
  readonly partitionSuspectedSince: number | undefined;
  /** How others can open a connection to the peer. */
  readonly reachability: Reachability;
  /**
   * Looks in the DHT for peers that announce a role, each once, as they are found; relays and bootstrap peers of all markets, others of
   * the peer's own. Whether they are what they say is to be found out.
   *
   * @throws TypeError for a role of a market where the peer has none.
   */
  findServices(role: ServiceRole, options: { signal: AbortSignal }): AsyncIterable<ServicePeer>;
  readonly content: Content;
  /** Stores a block with its peer, whatever else `content` is; for one that was checked, as those of a CAR are. */
  keep(cid: CID, bytes: Uint8Array): Promise<void>;
  /** What came from which provider, by peer id, and who is banned. */
  readonly providers: ReadonlyMap<string, ProviderFigures>;
  /** Contents that the peer has fetched and tells others of. */
  readonly announcements: AnnouncementFigures;
  readonly announcer: Announcer;
  /** Questions to single peers, and the services that answer theirs. */
  readonly direct: Direct;
  /** The peers that deal with the same Marketplace; `undefined` where the peer was given none. */
  readonly market: MarketPeers | undefined;
  /** The workers among them: for `createMarketClient`, which asks them why a job waits. */
  readonly workers: Workers | undefined;
  /** Leaves the network. May be called again. */
  stop(): Promise<void>;
}

/**
 * Starts a peer and brings it into the network.
 *
 * @throws {@link DataDirInUseError} when `dataDir` belongs to another running peer.
 * @throws {@link ListenError} {@link PrivateAddressError} {@link MalformedAddressError}
 * @throws TypeError when it is to announce a role of a market and is given none.
 * @throws {@link KuboUnreachableError} {@link NoGatewayError} {@link NoContentFolderError} {@link ContentFolderError} when contents are to be
 * elsewhere, too.
 */
export async function createPeer({
  dataDir,
  network,
  listen = defaultListen(network),
  announce,
  bootstrap = [],
  mdns,
  relay,
  relays,
  services = [],
  upnp,
  swarmKey,
  chainId,
  marketplace,
  content,
  libp2pMetrics,
  stores: given,
  onReach = () => {},
  ...marketOptions
}: PeerOptions): Promise<Peer> {
  const market =
    chainId === undefined || marketplace === undefined ? undefined : { chainId, marketplace };
  const announced = announcedBy({ services, relay, market });
  const ownBlocks = given === undefined ? await openOwnBlocks(content) : undefined;
  const stores = await openAll({ given, dataDir, ownBlocks });
  const topic = market && jobsTopic(market.chainId, market.marketplace);
  const judge = new Judge(marketOptions);
  const isFirst = bootstrap.length === 0;
  const common = { network, listen, announce, bootstrap, isFirst, mdns, relay, relays, upnp };
  const host = { ...common, swarmKey, services: announced, topic, judge, metrics: libp2pMetrics };
  const helia = await start(stores, host).catch(async (error) => {
    await stores.close();
    throw error;
  });
  const { libp2p } = helia;
  const agentOf = watchAgents(libp2p);
  let dealing: Awaited<ReturnType<typeof joinMarket>> | undefined;
  const own = createHeliaContent(helia, stores, {
    others: () => (dealing?.present ?? []).map(({ author }) => author.peerId),
  });
  const giveUp = async (error: unknown): Promise<never> => {
    await helia.stop();
    await stores.close();
    throw error;
  };
  const isOwnFolder = ownBlocks !== undefined;
  const contents = await openContent(own, content, { isOwnFolder }).catch(giveUp);
  libp2p.services.reach.watch(onReach);
  const signer = signerOf(helia.privateKey.raw);
  dealing =
    market && (await joinMarket(libp2p, { ...marketOptions, market, signer, judge }).catch(giveUp));
  const direct = dealing?.direct ?? (await openDirect({ libp2p, signer }).catch(giveUp));
  if (mdns) {
    libp2p.addEventListener("peer:discovery", ({ detail }) => {
      // No peer has to be known: multicast reaches all.
      libp2p.dial(detail.id).catch(() => {});
    });
  }
  const find = serviceFinder(libp2p, market);
  const entry = new Bootstrap(libp2p, {
    addresses: bootstrap,
    isWanted: (peerId) => !judge.isBanned(peerId),
    async *findPeers(options) {
      yield* find("bootstrap", options);
      if (market !== undefined) yield* find("worker", options);
    },
  });
  await entry.ready;

  let stopped: Promise<void> | undefined;
  async function stop(): Promise<void> {
    await entry.stop();
    if (dealing === undefined) await direct.stop();
    else await dealing.leave();
    own.stop();
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
        agent: agentOf(remotePeer.toString()),
      }));
    },
    get partitionSuspectedSince() {
      return entry.partitionSuspectedSince;
    },
    get reachability() {
      return libp2p.services.reach.reachability;
    },
    async *findServices(role, options) {
      for await (const found of find(role, options)) yield servicePeerOf(found);
    },
    ...createLookups(libp2p),
    content: contents,
    keep: own.keep,
    get providers() {
      return own.providers;
    },
    get announcements() {
      return own.announcements;
    },
    announcer: dealing?.announcer ?? { async announce() {} },
    direct,
    market: dealing,
    workers:
      dealing &&
      createWorkers({
        market: dealing,
        async *find(options) {
          for await (const { id } of find("worker", options)) yield id.toString();
        },
      }),
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}

/** The peer's stores, with its blocks in `ownBlocks` if there are such. */
async function openAll({
  given,
  dataDir,
  ownBlocks,
}: {
  given: Stores | undefined;
  dataDir: string | undefined;
  ownBlocks: OwnBlocks | undefined;
}): Promise<Stores> {
  if (given !== undefined) return given;
  try {
    const opened = dataDir === undefined ? memoryStores() : await openStores(dataDir);
    if (ownBlocks === undefined) return opened;
    return {
      ...{ ...opened, ...ownBlocks },
      async close() {
        await opened.close();
        await ownBlocks.close();
      },
    };
  } catch (error) {
    await ownBlocks?.close();
    throw error;
  }
}

/** The names of the services that a peer announces. */
function announcedBy({
  services,
  relay,
  market,
}: {
  services: readonly ServiceRole[];
  relay: boolean | undefined;
  market: Market | undefined;
}): string[] {
  const roles = new Set(services);
  if (relay) roles.add("relay");
  return [...roles].map((role) => serviceName(role, market));
}

function serviceFinder(libp2p: Libp2p, market: Market | undefined) {
  return (role: ServiceRole, { signal }: { signal: AbortSignal }) =>
    findService(libp2p.contentRouting, serviceName(role, market), { self: libp2p.peerId, signal });
}

/** @throws {@link ListenError} {@link PrivateAddressError} {@link MalformedAddressError} */
async function start(stores: Stores, host: HostParameters): Promise<HeliaNode> {
  checkDialable([...(host.bootstrap ?? []), ...(host.relays ?? [])], host.network);
  return startHelia(stores, host);
}
