import type { circuitRelayTransport } from "@libp2p/circuit-relay-v2";
import type { KadDHT } from "@libp2p/kad-dht";

type RelayTransportComponents = Parameters<ReturnType<typeof circuitRelayTransport>>[0];

/** The parts of the libp2p host that finding and keeping a way to the peer needs. */
export type ReachComponents = Pick<
  RelayTransportComponents,
  "peerId" | "peerStore" | "events" | "connectionManager" | "addressManager"
> & { dht: KadDHT };
