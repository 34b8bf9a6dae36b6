import { RELAY_V2_HOP_CODEC } from "@libp2p/circuit-relay-v2";
import type { Connection, IdentifyResult, PeerId } from "@libp2p/interface";
import type { Multiaddr } from "@multiformats/multiaddr";
import { Backoff } from "./backoff.ts";
import type { ReachComponents } from "./components.ts";
import { relayOf } from "./relayAddress.ts";
import type { RelayReservations } from "./relayReservations.ts";
import { Searches } from "./searches.ts";

/** Relays that are found and held at a time: one may go without the peer being cut off. */
export const RELAYS_HELD = 2;
/** How often it is looked whether there are enough relays, in milliseconds. Most changes are noticed when they happen. */
const CHECK_MS = 5_000;
/** How long a relay may take to be dialled, in milliseconds. */
const DIAL_MS = 5_000;
/** A named relay that does not answer is tried again after 2 s, later after 10 s, for as long as the node runs. */
const NAMED_BACKOFF = { firstMs: 2_000, longestMs: 10_000 };
/** One that was found is replaced, so that it has more time. */
const FOUND_BACKOFF = { firstMs: 5_000, longestMs: 5 * 60_000 };
/** Most relays that one search dials. */
const MOST_DIALLED = 4;

export interface RelayKeeperInit {
  reservations: RelayReservations;
  /** Relays that are held whatever happens, with their peer ids. */
  named: readonly Multiaddr[];
  /** Whether relays are to be found. */
  isNeeded: () => boolean;
  /** Looks for relays in the network. */
  findRelays: (options: { signal: AbortSignal }) => AsyncIterable<PeerId>;
}

/**
 * Keeps a peer reachable through relays: holds the named ones and, where they are needed, as many as {@link RELAYS_HELD} that it finds
 * itself; one that is lost is asked again and replaced.
 */
export class RelayKeeper {
  readonly #components: ReachComponents;
  readonly #init: RelayKeeperInit;
  readonly #namedBackoff = new Backoff(NAMED_BACKOFF);
  readonly #foundBackoff = new Backoff(FOUND_BACKOFF);
  /** Open direct connections to peers that said that they relay. */
  readonly #relays = new Map<string, Connection>();
  readonly #stopped = new AbortController();
  readonly #searches = new Searches((signal) => this.#search(signal));
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #isAskedAgain = false;

  constructor(components: ReachComponents, init: RelayKeeperInit) {
    this.#components = components;
    this.#init = init;
    components.events.addEventListener("peer:identify", ({ detail }) => this.#identified(detail));
    components.events.addEventListener("connection:close", ({ detail }) => {
      const relay = detail.remotePeer.toString();
      if (this.#relays.get(relay)?.id === detail.id) this.#relays.delete(relay);
      this.check();
    });
  }

  start(): void {
    this.#timer = setInterval(() => this.check(), CHECK_MS);
    this.#timer.unref();
    this.check();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopped.abort();
    await Promise.all([this.#running, this.#searches.stop()]);
  }

  /** Looks whether there are enough relays, and for more where there are not. */
  check(): void {
    if (this.#timer === undefined || this.#stopped.signal.aborted) return;
    if (this.#running !== undefined) {
      this.#isAskedAgain = true;
      return;
    }
    this.#running = this.#checkAll().finally(() => {
      this.#running = undefined;
      if (!this.#isAskedAgain) return;
      this.#isAskedAgain = false;
      this.check();
    });
  }

  #identified({ connection, peerId, protocols }: IdentifyResult): void {
    if (connection.limits !== undefined || !protocols.includes(RELAY_V2_HOP_CODEC)) return;
    // A peer that dialled us need not be reachable itself.
    if (connection.direction === "inbound" && this.#relays.has(peerId.toString())) return;
    this.#relays.set(peerId.toString(), connection);
    this.check();
  }

  async #checkAll(): Promise<void> {
    await Promise.all(this.#init.named.map((address) => this.#holdNamed(address)));
    const { isNeeded, reservations } = this.#init;
    const named = new Set(this.#init.named.map(relayOf));
    if (!isNeeded()) {
      for (const relay of reservations.relays) if (!named.has(relay)) reservations.release(relay);
      return;
    }
    await this.#reserveConnected();
    if (this.#isShort()) this.#searches.begin();
  }

  #isShort(): boolean {
    if (this.#stopped.signal.aborted) return false;
    return this.#init.isNeeded() && this.#init.reservations.relays.length < RELAYS_HELD;
  }

  async #holdNamed(address: Multiaddr): Promise<void> {
    const relay = relayOf(address);
    if (this.#init.reservations.holds(relay) || !this.#namedBackoff.mayTry(relay)) return;
    const connection = this.#relays.get(relay);
    const isHeld =
      connection === undefined
        ? await this.#dial(address)
        : await this.#reserve(connection.remotePeer);
    if (isHeld) this.#namedBackoff.succeeded(relay);
    else this.#namedBackoff.failed(relay);
  }

  async #reserveConnected(): Promise<void> {
    for (const [relay, connection] of this.#relays) {
      if (!this.#isShort()) return;
      if (this.#init.reservations.holds(relay) || !this.#foundBackoff.mayTry(relay)) continue;
      if (await this.#reserve(connection.remotePeer)) this.#foundBackoff.succeeded(relay);
      else this.#foundBackoff.failed(relay);
    }
  }

  /** Dials relays that were met before, then those that the network names. What they say of themselves makes them relays. */
  async #search(signal: AbortSignal): Promise<void> {
    const { connectionManager, peerStore } = this.#components;
    const met = await peerStore
      .all({ filters: [({ protocols }) => protocols.includes(RELAY_V2_HOP_CODEC)], signal })
      .catch(() => []);
    let dialled = 0;
    const isOver = () => signal.aborted || !this.#isShort() || dialled >= MOST_DIALLED;
    const tryOne = async (relay: PeerId): Promise<void> => {
      const id = relay.toString();
      if (connectionManager.getConnections(relay).length > 0 || !this.#foundBackoff.mayTry(id))
        return;
      dialled++;
      if (!(await this.#dial(relay))) this.#foundBackoff.failed(id);
    };
    for (const { id } of met) {
      if (isOver()) return;
      await tryOne(id);
    }
    try {
      for await (const relay of this.#init.findRelays({ signal })) {
        if (isOver()) return;
        await tryOne(relay);
      }
    } catch {
      // The DHT has no peers yet, or the node is stopping: the next search follows.
    }
  }

  async #dial(relay: PeerId | Multiaddr): Promise<boolean> {
    const signal = AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(DIAL_MS)]);
    try {
      await this.#components.connectionManager.openConnection(relay, { signal });
      return true;
    } catch {
      return false;
    }
  }

  async #reserve(relay: PeerId): Promise<boolean> {
    try {
      await this.#init.reservations.reserve(relay);
      return true;
    } catch {
      return false;
    }
  }
}
