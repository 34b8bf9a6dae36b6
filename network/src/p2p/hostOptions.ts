import { autoNATv2 } from "@libp2p/autonat-v2";
import { dcutr } from "@libp2p/dcutr";
import type { GossipSub } from "@libp2p/gossipsub";
import { gossipsub } from "@libp2p/gossipsub";
import { type Identify, type IdentifyPush, identify, identifyPush } from "@libp2p/identify";
import { type KadDHT, passthroughMapper, removePrivateAddressesMapper } from "@libp2p/kad-dht";
import { mdns } from "@libp2p/mdns";
import { noise } from "@libp2p/noise";
import { type Ping, ping } from "@libp2p/ping";
import { preSharedKey } from "@libp2p/pnet";
import { tcp } from "@libp2p/tcp";
import { isPrivate } from "@libp2p/utils";
import { multiaddr } from "@multiformats/multiaddr";
import type { Libp2pOptions } from "libp2p";
import { jobGossipOptions } from "../gossip/options.ts";
import { type ReachServices, reachOptions } from "../reach/reachOptions.ts";
import { NODE_INFO } from "./agents.ts";
import { contentDht } from "./contentDht.ts";
import { type NetworkKind, readListen, readPeerAddress } from "./network.ts";
import { relayServer } from "./relayServer.ts";
import { thriftyYamux } from "./thriftyYamux.ts";

/** Assay's own DHT: its records are about Assay's contents and its peers speak Assay's protocols. */
export const DHT_PROTOCOL = "/assay/kad/1.0.0";

/** Connections a second that one address may open. libp2p's own 5 refuses a handful of nodes on one machine. */
const INBOUND_PER_SECOND = { local: 1_000, public: 5 };
/** Connections that one may be negotiating at a time. */
const INBOUND_PENDING = { local: 100, public: 10 };
/** Milliseconds after the start until the DHT first looks for its own neighbourhood; queries wait for that. */
const FIRST_SELF_QUERY_MS = 100;

/**
 * Pings at a time over one connection. With libp2p's own one, the DHT's ping of a contact and the heartbeat of the connection collide now
 * and then, the heartbeat fails, and a good connection is closed with all that is under way on it.
 */
const PINGS = { maxOutboundStreams: 16, maxInboundStreams: 32 };

export interface HostParameters {
  network: NetworkKind;
  /**
   * Multiaddrs to listen on, TCP or WebSocket (`/ip4/0.0.0.0/tcp/4001`, `/ip4/0.0.0.0/tcp/4002/ws`); port 0 takes a free one. By way of
   * a relay with `<relay>/p2p-circuit`, and of relays that are found with `/p2p-circuit`.
   */
  listen: readonly string[];
  /** Multiaddrs to tell others instead of those listened on, for a node behind a port forwarding. */
  announce?: readonly string[] | undefined;
  /** Multiaddrs that it dials: in a local network it can dial WebSockets if one of its addresses, or of these, is one. */
  bootstrap?: readonly string[] | undefined;
  /** Whether this is the first node of its network. Such a node answers its own queries. */
  isFirst: boolean;
  /** Finds peers of the same local network by multicast DNS. Default: no. */
  mdns?: boolean | undefined;
  /** Whether the peer relays traffic for peers that cannot be dialled. Default: no. */
  relay?: boolean | undefined;
  /** Multiaddrs, with peer ids, of relays through which others reach the peer. */
  relays?: readonly string[] | undefined;
  /** Names of the services that the peer announces in the DHT. */
  services?: readonly string[] | undefined;
  /** Asks the router of a public peer for a port forwarding, by UPnP. Default: no. */
  upnp?: boolean | undefined;
  /** The content of a private network's key file (`swarm.key`): peers without it are not talked to. */
  swarmKey?: Uint8Array | undefined;
  /** The gossip topic of the marketplace; no other topic is carried, and none at all without it. */
  topic: string | undefined;
  /** By peer id: what gossipsub adds to its own score, and whether connections are refused. Default: nobody is judged. */
  judge?: { score(peerId: string): number; isBanned(peerId: string): boolean } | undefined;
  /** Collects libp2p's metrics. */
  metrics?: Libp2pOptions["metrics"] | undefined;
}

export type HostServices = {
  identify: Identify;
  identifyPush: IdentifyPush;
  ping: Ping;
  dht: KadDHT;
  pubsub: GossipSub;
} & ReachServices;

/** The options of a node's libp2p host. The peer's key is kept in the datastore by whoever creates the host. */
export async function hostOptions({
  network,
  listen,
  announce = [],
  bootstrap = [],
  isFirst,
  mdns: withMdns = false,
  relay = false,
  relays = [],
  services = [],
  upnp = false,
  swarmKey,
  topic,
  judge = { score: () => 0, isBanned: () => false },
  metrics,
}: HostParameters): Promise<Libp2pOptions<HostServices>> {
  const listening = readListen(listen);
  const reach = reachOptions({
    isPublic: network === "public",
    announced: announce.map((address) => multiaddr(address)),
    listensItself: listening.own.length > 0,
    relays: [...listening.relays, ...relays.map(readPeerAddress)],
    findsRelays: listening.findsRelays,
    isFirst,
    isRelay: relay,
    services,
  });
  const optional = await optionalParts({
    hasWebSockets:
      network === "public" || [...listen, ...announce, ...bootstrap, ...relays].some(isWebSocket),
    hasUpnp: network === "public" && upnp,
  });
  return {
    nodeInfo: NODE_INFO,
    addresses: { listen: listening.own, announceFilter: reach.announceFilter },
    transports: [tcp(), ...optional.transports, reach.transport],
    ...(metrics === undefined ? {} : { metrics }),
    connectionEncrypters: [noise()],
    ...(swarmKey === undefined ? {} : { connectionProtector: preSharedKey({ psk: swarmKey }) }),
    streamMuxers: [thriftyYamux()],
    peerDiscovery: withMdns ? [mdns()] : [],
    connectionManager: {
      inboundConnectionThreshold: INBOUND_PER_SECOND[network],
      maxIncomingPendingConnections: INBOUND_PENDING[network],
    },
    connectionGater: {
      // Whoever answers a DHT query must not make a public node knock on the doors of its operator's own network.
      denyDialMultiaddr: (address) => network === "public" && isPrivate(address),
      denyDialPeer: (peer) => judge.isBanned(peer.toString()),
      denyInboundEncryptedConnection: (peer) => judge.isBanned(peer.toString()),
    },
    services: {
      identify: identify(),
      // Protocols are registered while the first peers connect already: they hear of the later ones.
      identifyPush: identifyPush(),
      ping: ping(PINGS),
      dht: contentDht({
        protocol: DHT_PROTOCOL,
        // On the internet a node serves once somebody could dial it: see Reach.
        clientMode: network === "public" || listening.own.length === 0,
        peerInfoMapper: network === "local" ? passthroughMapper : removePrivateAddressesMapper,
        initialQuerySelfInterval: FIRST_SELF_QUERY_MS,
        allowQueryWithZeroPeers: isFirst,
      }),
      pubsub: gossipsub(
        jobGossipOptions({
          topic,
          areColocated: network === "local",
          scoreOf: judge.score,
        }),
      ),
      ...reach.services,
      ...(relay ? { relay: relayServer() } : {}),
      // Whether one can be dialled is a question of the internet alone. Version 2, since js-libp2p's version 1 tries the address over the
      // connection that there is, and so finds every one wrong.
      ...(network === "public" ? { autoNAT: autoNATv2(), dcutr: dcutr() } : {}),
      // What the router promises is proven like any other address.
      ...optional.services,
    },
  };
}

/** Each takes some ten megabytes of modules, and few peers use them. */
async function optionalParts({
  hasWebSockets,
  hasUpnp,
}: {
  hasWebSockets: boolean;
  hasUpnp: boolean;
}) {
  const webSockets = hasWebSockets ? (await import("@libp2p/websockets")).webSockets : undefined;
  const uPnPNAT = hasUpnp ? (await import("@libp2p/upnp-nat")).uPnPNAT : undefined;
  return {
    transports: webSockets === undefined ? [] : [webSockets()],
    services: uPnPNAT === undefined ? {} : { upnp: uPnPNAT() },
  };
}

const isWebSocket = (address: string) => /\/wss?(\/|$)/.test(address);
