import { circuitRelayTransport } from "@libp2p/circuit-relay-v2";
import type { PeerId } from "@libp2p/interface";
import { isPrivate } from "@libp2p/utils";
import { type Multiaddr, multiaddr } from "@multiformats/multiaddr";

/** Addresses of one relay that are told to others: identify's messages have 8 KiB, and peers drop longer ones, and with them the peer. */
const MOST_ADDRESSES = 8;
/** Of one address: a name of a host may be long. */
const MOST_ADDRESS_BYTES = 160;

type RelayTransport = ReturnType<ReturnType<typeof circuitRelayTransport>>;

/** The part of libp2p's reservation store that is used: the class is not exported. */
interface ReservationStore extends EventTarget {
  addRelay(relay: PeerId, type: "configured"): Promise<ReservationDetail>;
  hasReservation(relay: PeerId): boolean;
}

interface ReservationDetail {
  relay: PeerId;
  details: { reservation: { addrs: Uint8Array[] }; timeout: NodeJS.Timeout };
}

/**
 * Reservations at relays.
 *
 * libp2p makes one for each `…/p2p-circuit` that it listens on, and never again once it is lost (js-libp2p#3601); a relay that is absent
 * ends the start; and with `announce` the relays' addresses are not announced. So nothing listens by way of a relay here: reservations
 * are asked of libp2p's store, which renews them in time, and the addresses are added to the announced ones.
 */
export class RelayReservations {
  readonly #held = new Map<string, ReservationDetail>();
  readonly #isLocal: boolean;
  #store: ReservationStore | undefined;
  #peer = "";
  /** Called when a reservation was made or lost. */
  onChange: () => void = () => {};

  constructor({ isLocal }: { isLocal: boolean }) {
    this.#isLocal = isLocal;
  }

  /** libp2p's transport by way of relays. */
  transport(): (
    ...parameters: Parameters<ReturnType<typeof circuitRelayTransport>>
  ) => RelayTransport {
    return (components) => {
      const transport = circuitRelayTransport()(components) as RelayTransport & {
        reservationStore: ReservationStore;
      };
      this.#peer = `/p2p/${components.peerId}`;
      this.#store = transport.reservationStore;
      this.#store.addEventListener("relay:created-reservation", (event) => {
        this.#made((event as CustomEvent<ReservationDetail>).detail);
      });
      this.#store.addEventListener("relay:removed", (event) => {
        const { relay } = (event as CustomEvent<ReservationDetail>).detail;
        if (this.#held.delete(relay.toString())) this.onChange();
      });
      return transport;
    };
  }

  get relays(): string[] {
    return [...this.#held.keys()];
  }

  holds(relay: string): boolean {
    return this.#held.has(relay);
  }

  /** The addresses at which the relays take connections for the peer, without the peer's id. */
  get multiaddrs(): Multiaddr[] {
    return [...this.#held.values()].flatMap(({ relay, details }) =>
      details.reservation.addrs
        .map((bytes) => multiaddr(bytes))
        .filter((address) => isOf(relay, address) && (this.#isLocal || !isPrivate(address)))
        .slice(0, MOST_ADDRESSES)
        .map((address) => throughRelay(address, relay)),
    );
  }

  /** The addresses, each once and with the peer's id. */
  named(addresses: readonly Multiaddr[]): Multiaddr[] {
    const texts = addresses.map((address) => {
      const text = address.toString();
      return text.endsWith(this.#peer) ? text : `${text}${this.#peer}`;
    });
    return [...new Set(texts)].map((text) => multiaddr(text));
  }

  /**
   * Makes a reservation at a relay to which there is a direct connection.
   *
   * @throws Error when the relay refuses it, or does not answer.
   */
  async reserve(relay: PeerId): Promise<void> {
    const made = await this.#store?.addRelay(relay, "configured");
    // The store says nothing of a reservation that it has already.
    if (made !== undefined && this.#store?.hasReservation(relay)) this.#made(made);
  }

  /** Does not renew a reservation, and does not announce it any more. */
  release(relay: string): void {
    const reservation = this.#held.get(relay);
    if (reservation === undefined) return;
    clearTimeout(reservation.details.timeout);
    this.#held.delete(relay);
    this.onChange();
  }

  #made(reservation: ReservationDetail): void {
    const relay = reservation.relay.toString();
    if (this.#held.get(relay)?.details === reservation.details) return;
    this.#held.set(relay, reservation);
    this.onChange();
  }
}

/** A relay says what it likes: others are not to be sent to other peers, or by way of them. */
function isOf(relay: PeerId, address: Multiaddr): boolean {
  const named = address.getComponents().filter(({ name }) => name === "p2p");
  const isLong = address.bytes.length > MOST_ADDRESS_BYTES;
  return !isLong && named.length <= 1 && named.every(({ value }) => value === relay.toString());
}

function throughRelay(address: Multiaddr, relay: PeerId): Multiaddr {
  const named = address.toString().includes("/p2p/")
    ? address
    : address.encapsulate(`/p2p/${relay}`);
  return named.encapsulate("/p2p-circuit");
}
