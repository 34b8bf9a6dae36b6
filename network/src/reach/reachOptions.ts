import type { ContentRouting } from "@libp2p/interface";
import type { Multiaddr } from "@multiformats/multiaddr";
import type { ReachComponents } from "./components.ts";
import { Reach } from "./reach.ts";
import type { ReachState } from "./reachability.ts";
import { RelayReservations } from "./relayReservations.ts";
import { ServiceAnnouncer } from "./serviceAnnouncer.ts";
import { findService, serviceName } from "./services.ts";

export type ReachServices = {
  reach: Reach;
  announcer: ServiceAnnouncer;
};

type Components = ReachComponents & { contentRouting: ContentRouting; reach: Reach };

const RELAY_SERVICE = serviceName("relay", undefined);
const BOOTSTRAP_SERVICE = serviceName("bootstrap", undefined);

export interface ReachOptions {
  /** Whether the peers are on the internet, where it is a question who can be dialled. */
  isPublic: boolean;
  /** Addresses to tell others instead of those listened on. */
  announced: readonly Multiaddr[];
  /** Whether there is an address of the peer's own to which connections can be opened. */
  listensItself: boolean;
  /** Relays that are held whatever happens, with their peer ids. */
  relays: readonly Multiaddr[];
  /** Finds relays also where nothing else asks for it. */
  findsRelays: boolean;
  isFirst: boolean;
  isRelay: boolean;
  /** Names of the services that the peer announces. */
  services: readonly string[];
}

/** What the libp2p host needs so that others can reach it. */
export function reachOptions(options: ReachOptions) {
  const { isPublic, announced, services } = options;
  const reservations = new RelayReservations({ isLocal: !isPublic });
  return {
    /** The addresses that are told to others, of those that libp2p has verified. */
    announceFilter: (addresses: Multiaddr[]) =>
      reservations.named([
        ...(announced.length > 0 ? announced : addresses),
        ...reservations.multiaddrs,
      ]),
    transport: reservations.transport(),
    services: {
      reach: (components: Components) =>
        new Reach(components, {
          ...options,
          reservations,
          async *findRelays({ signal }) {
            const { contentRouting, peerId: self } = components;
            for await (const { id } of findService(contentRouting, RELAY_SERVICE, { self, signal }))
              yield id;
          },
        }),
      announcer: (components: Components) =>
        new ServiceAnnouncer(components, {
          services,
          mayAnnounce: (service) => mayUse(service, components.reach.reachability.state),
          routing: () => components.contentRouting,
        }),
    },
  };
}

/** Whether others can use a service of a peer. A relay that is behind a NAT itself is of no use to anybody. */
function mayUse(service: string, state: ReachState): boolean {
  if (state === "public") return true;
  return state === "relayed" && service !== RELAY_SERVICE && service !== BOOTSTRAP_SERVICE;
}
