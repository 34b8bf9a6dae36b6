import { circuitRelayServer } from "@libp2p/circuit-relay-v2";

// Node's TCP cannot punch holes, so that a node behind a NAT stays behind its relay, blocks and all: libp2p's own limits of
// 128 KiB and two minutes would cut off every transfer.

/** Nodes that one relay is for at a time. */
const MOST_RESERVATIONS = 128;
/** Maximum traffic of one connection through the relay, in bytes; then it is opened anew. */
const BYTES_PER_CONNECTION = 1n << 30n;
/** How long one connection through the relay lasts, in milliseconds. */
const CONNECTION_MS = 60 * 60_000;

/** Circuit relay v2, with room for blocks. */
export function relayServer(): ReturnType<typeof circuitRelayServer> {
  return circuitRelayServer({
    reservations: {
      maxReservations: MOST_RESERVATIONS,
      defaultDataLimit: BYTES_PER_CONNECTION,
      defaultDurationLimit: CONNECTION_MS,
    },
  });
}
