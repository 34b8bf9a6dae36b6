import type { PeerId, Startable } from "@libp2p/interface";
import type { ReachComponents } from "./components.ts";
import { DialProof, isPublic } from "./dialProof.ts";
import { type Reachability, type ReachState, reachabilityOf } from "./reachability.ts";
import type { ReachOptions } from "./reachOptions.ts";
import { RelayKeeper } from "./relayKeeper.ts";
import type { RelayReservations } from "./relayReservations.ts";

/** How long nobody can tell whether the peer can be reached, in milliseconds from the start. */
const UNKNOWN_MS = 30_000;
/** How long a peer with a public address of its own waits for somebody to dial it before it asks relays, in milliseconds. */
const GRACE_MS = 10_000;
/** How often the state is looked at, in milliseconds: AutoNAT says nothing when it has an answer. */
const LOOK_MS = 2_000;

export interface ReachInit extends ReachOptions {
  reservations: RelayReservations;
  findRelays: (options: { signal: AbortSignal }) => AsyncIterable<PeerId>;
}

/** A service of the libp2p host: keeps a way to the peer open, and knows which one there is. */
export class Reach implements Startable {
  readonly #components: ReachComponents;
  readonly #init: ReachInit;
  readonly #proof: DialProof;
  readonly #keeper: RelayKeeper;
  #timer: NodeJS.Timeout | undefined;
  #startedAt = 0;
  #hasMetPeers = false;
  #isProven = false;
  #told = "";
  #listener: (reachability: Reachability) => void = () => {};

  constructor(components: ReachComponents, init: ReachInit) {
    this.#components = components;
    this.#init = init;
    const { findRelays, reservations, relays: named } = init;
    this.#proof = new DialProof(components, init.announced);
    const isNeeded = () => this.#needsRelays;
    this.#keeper = new RelayKeeper(components, { reservations, named, isNeeded, findRelays });
    this.#proof.onArrival = () => this.#look();
    reservations.onChange = () => this.#relaysChanged();
    components.events.addEventListener("peer:identify", () => {
      this.#hasMetPeers = true;
    });
  }

  start(): void {}

  afterStart(): void {
    this.#startedAt = Date.now();
    if (this.#init.isPublic) this.#proof.start();
    this.#keeper.start();
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#keeper.stop();
  }

  /** Calls `listener` once somebody can tell how the peer can be reached, and whenever that changes. */
  watch(listener: (reachability: Reachability) => void): void {
    this.#listener = listener;
    this.#told = "";
    this.#look();
  }

  get reachability(): Reachability {
    return reachabilityOf(this.#state, this.#init.reservations.relays);
  }

  get #state(): ReachState {
    const { isPublic: onInternet, listensItself, reservations, isFirst } = this.#init;
    if (onInternet ? this.#isProven : listensItself) return "public";
    if (reservations.relays.length > 0) return "relayed";
    // A first peer that nobody knows yet is not unreachable.
    if (isFirst && !this.#hasMetPeers) return "unknown";
    return Date.now() < this.#startedAt + UNKNOWN_MS ? "unknown" : "unreachable";
  }

  get #needsRelays(): boolean {
    const { isPublic: onInternet, findsRelays, isRelay } = this.#init;
    if (isRelay) return false;
    if (findsRelays) return true;
    if (!onInternet || this.#isProven) return false;
    return !this.#mayBePublic || Date.now() >= this.#startedAt + GRACE_MS;
  }

  get #mayBePublic(): boolean {
    const addresses = this.#components.addressManager.getAddressesWithMetadata();
    return this.#init.announced.length > 0 || addresses.some(({ multiaddr: one }) => isPublic(one));
  }

  #look(): void {
    if (this.#init.isPublic) this.#lookForProof();
    const { reachability } = this;
    const now = [reachability.state, ...reachability.relays].join();
    if (now === this.#told || reachability.state === "unknown") return;
    this.#told = now;
    this.#listener(reachability);
  }

  #lookForProof(): void {
    const { isProven } = this.#proof;
    if (isProven === this.#isProven) return;
    this.#isProven = isProven;
    this.#keeper.check();
    // Whoever cannot be dialled asks the DHT, and does not answer for it: every question to it would be lost.
    this.#components.dht.setMode(isProven ? "server" : "client").catch(() => {
      // The host is stopping.
    });
  }

  #relaysChanged(): void {
    this.#look();
    const { addressManager, peerId, peerStore } = this.#components;
    const own = `/p2p/${peerId}`;
    const multiaddrs = addressManager.getAddresses().map((address) => address.decapsulate(own));
    // Others are told by identify's push.
    peerStore.patch(peerId, { multiaddrs }).catch(() => {
      // The host is stopping, or the disk is full: identify tells the addresses as they are all the same.
    });
  }
}
