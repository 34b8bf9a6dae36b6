import type { Connection, Libp2p, PeerId, PeerInfo } from "@libp2p/interface";
import { type Multiaddr, multiaddr } from "@multiformats/multiaddr";
import { Backoff } from "../reach/backoff.ts";
import { Searches } from "../reach/searches.ts";
import { LostPeers } from "./lostPeers.ts";
import { type Names, resolveAddress } from "./resolveAddress.ts";

/** How long one dial may take, in milliseconds. */
const DIAL_MS = 5_000;
/** How often a node looks whether it has enough peers, in milliseconds. */
const CHECK_MS = 2_000;
/** Peers below which others are looked for. A network may have fewer: then each is tried ever more rarely. */
const FEWEST_PEERS = 4;
/** How often the bootstrap addresses are dialled all the same, in milliseconds: they join what a partition has left apart. */
const PERIOD_MS = 5 * 60_000;
/** A bootstrap peer that does not answer is tried again after 2 s, later after 15 s. */
const BOOTSTRAP_BACKOFF = { firstMs: 2_000, longestMs: 15_000 };
/** Others have more time. */
const OTHERS_BACKOFF = { firstMs: 10_000, longestMs: 10 * 60_000 };
/** Most peers that one search, or one look after those lost in a partition, dials. */
const MOST_DIALLED = 8;

export interface BootstrapOptions {
  /** Multiaddrs of peers of the network; names may stand for several. */
  addresses: readonly string[];
  /** Peers that the network itself names. */
  findPeers?: (options: { signal: AbortSignal }) => AsyncIterable<PeerInfo>;
  /** Whether a peer is to be dialled again when the network has come apart. Default: all are. */
  isWanted?: ((peerId: string) => boolean) | undefined;
  /** How names are looked up. Default: as the system does. */
  names?: Names | undefined;
}

/**
 * Brings a node into the network through known addresses, and keeps it there for as long as it runs: when it has few peers it dials the
 * known addresses again (a bootstrap node may well start after us, or restart), and looks for peers that it met before, then those that the
 * DHT names. When many peers are lost at once it dials those until they are back.
 */
export class Bootstrap {
  /** Resolves when each address was dialled once; an address without an answer is no error. */
  readonly ready: Promise<void>;
  readonly #libp2p: Libp2p;
  readonly #targets: readonly Multiaddr[];
  readonly #options: BootstrapOptions;
  readonly #stopped = new AbortController();
  readonly #backoff = new Backoff(BOOTSTRAP_BACKOFF);
  readonly #lost: LostPeers;
  readonly #othersBackoff = new Backoff(OTHERS_BACKOFF);
  readonly #searches = new Searches((signal) => this.#search(signal));
  readonly #timer: NodeJS.Timeout;
  #running: Promise<void> | undefined;
  #periodAt = Date.now();

  constructor(libp2p: Libp2p, options: BootstrapOptions) {
    this.#libp2p = libp2p;
    this.#options = options;
    this.#lost = new LostPeers(libp2p, options.isWanted);
    this.#targets = options.addresses.map((address) => multiaddr(address));
    this.ready = this.#dialTargets();
    this.#timer = setInterval(() => {
      this.#running ??= this.#check().finally(() => {
        this.#running = undefined;
      });
    }, CHECK_MS);
    this.#timer.unref();
  }

  /** Since when so many peers are missing that the network may have come apart, in milliseconds since the epoch. */
  get partitionSuspectedSince(): number | undefined {
    return this.#lost.suspectedSince;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#lost.stop();
    this.#stopped.abort();
    await Promise.all([this.#running, this.#searches.stop()]);
  }

  get #isShort(): boolean {
    return !this.#stopped.signal.aborted && this.#libp2p.getPeers().length < FEWEST_PEERS;
  }

  async #check(): Promise<void> {
    await Promise.all(this.#lost.toDial(MOST_DIALLED).map((id) => this.#dial(id)));
    const isTime = Date.now() >= this.#periodAt + PERIOD_MS;
    if (isTime) this.#periodAt = Date.now();
    if (!this.#isShort && !isTime) return;
    await this.#dialTargets();
    if (this.#isShort) this.#searches.begin();
  }

  async #dialTargets(): Promise<void> {
    await Promise.all(this.#targets.map((target) => this.#dialTarget(target)));
  }

  async #dialTarget(target: Multiaddr): Promise<void> {
    const key = target.toString();
    if (!this.#backoff.mayTry(key) || this.#isConnected(target)) return;
    const all = await resolveAddress(target, this.#options.names);
    const answers = await Promise.all(
      all.map(async (address) => this.#isConnected(address) || this.#dial(address)),
    );
    if (answers.includes(true)) this.#backoff.succeeded(key);
    else this.#backoff.failed(key);
  }

  /** Whether there is a connection to the peer that the address names, or to the address if it names none. */
  #isConnected(address: Multiaddr): boolean {
    const id = address.getComponents().findLast(({ name }) => name === "p2p")?.value;
    const isIt = ({ remotePeer, remoteAddr }: Connection) =>
      id === undefined
        ? remoteAddr.toString().startsWith(`${address}/p2p/`)
        : remotePeer.toString() === id;
    return this.#libp2p.getConnections().some(isIt);
  }

  /** Dials peers that were met before, then those that the network names. */
  async #search(signal: AbortSignal): Promise<void> {
    const { peerStore } = this.#libp2p;
    const { findPeers = async function* () {} } = this.#options;
    let dialled = 0;
    const tryOne = async (id: PeerId): Promise<boolean> => {
      if (await this.#dialOther(id)) dialled++;
      return this.#isShort && !signal.aborted && dialled < MOST_DIALLED;
    };
    try {
      for (const { id, addresses } of await peerStore.all({ signal })) {
        if (addresses.length > 0 && !(await tryOne(id))) return;
      }
      for await (const { id, multiaddrs } of findPeers({ signal })) {
        if (multiaddrs.length > 0) await peerStore.merge(id, { multiaddrs });
        if (!(await tryOne(id))) return;
      }
    } catch {
      // The DHT has no peers yet, or the node is stopping: the next search follows.
    }
  }

  /** @returns whether the peer was dialled. */
  async #dialOther(id: PeerId): Promise<boolean> {
    const key = id.toString();
    if (id.equals(this.#libp2p.peerId) || !this.#othersBackoff.mayTry(key)) return false;
    if (this.#libp2p.getConnections(id).length > 0) return false;
    if (await this.#dial(id)) this.#othersBackoff.succeeded(key);
    else this.#othersBackoff.failed(key);
    return true;
  }

  async #dial(target: Multiaddr | PeerId): Promise<boolean> {
    const signal = AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(DIAL_MS)]);
    try {
      await this.#libp2p.dial(target, { signal });
      return true;
    } catch {
      return false;
    }
  }
}
