import type { Libp2p, PeerId } from "@libp2p/interface";
import { remember } from "../recent/remember.ts";

/** Peers lost within so many milliseconds were lost at once. */
const AT_ONCE_MS = 30_000;
/** So many of the peers that there were, and at least two… */
const SHARE = 1 / 3;
const FEWEST = 2;
/** …and a partition is suspected, for so long at most, in milliseconds: then they are gone. */
const LONGEST_MS = 10 * 60_000;
const MOST = 256;

interface Lost {
  id: PeerId;
  at: number;
}

/**
 * Peers whose connections ended, to tell a network that has come apart from peers that leave: when a third of them are lost at once, they
 * are to be dialled until they are back.
 */
export class LostPeers {
  readonly #libp2p: Libp2p;
  readonly #isWanted: (peerId: string) => boolean;
  readonly #lost = new Map<string, Lost>();
  /** When the partition that is suspected began. */
  #since: number | undefined;

  /** @param isWanted - whether a peer's loss is one: who is banned was sent away. */
  constructor(libp2p: Libp2p, isWanted: (peerId: string) => boolean = () => true) {
    this.#libp2p = libp2p;
    this.#isWanted = isWanted;
    libp2p.addEventListener("peer:connect", this.#onConnect);
    libp2p.addEventListener("peer:disconnect", this.#onDisconnect);
  }

  /** Since when a partition is suspected, in milliseconds since the epoch. */
  get suspectedSince(): number | undefined {
    if (this.#since !== undefined) {
      const isOver = Date.now() >= this.#since + LONGEST_MS;
      const isHealed = this.#lost.size < SHARE * (this.#lost.size + this.#connected);
      if (isOver) this.#lost.clear();
      if (isOver || isHealed) this.#since = undefined;
    }
    return this.#since;
  }

  /** Some of the peers that are to be dialled now, others each time. */
  toDial(most: number): PeerId[] {
    if (this.suspectedSince === undefined) return [];
    const some = [...this.#lost].slice(0, most);
    for (const [key, lost] of some) remember(this.#lost, key, lost, MOST);
    return some.map(([, { id }]) => id);
  }

  stop(): void {
    this.#libp2p.removeEventListener("peer:connect", this.#onConnect);
    this.#libp2p.removeEventListener("peer:disconnect", this.#onDisconnect);
  }

  get #connected(): number {
    return this.#libp2p.getPeers().length;
  }

  readonly #onConnect = ({ detail }: CustomEvent<PeerId>): void => {
    this.#lost.delete(detail.toString());
  };

  readonly #onDisconnect = ({ detail: id }: CustomEvent<PeerId>): void => {
    const now = Date.now();
    if (this.suspectedSince === undefined) {
      // Who left one by one is not missed.
      for (const [key, { at }] of this.#lost) if (at < now - AT_ONCE_MS) this.#lost.delete(key);
    }
    if (!this.#isWanted(id.toString())) return;
    remember(this.#lost, id.toString(), { id, at: now }, MOST);
    const count = this.#lost.size;
    if (count >= Math.max(FEWEST, SHARE * (count + this.#connected))) this.#since ??= now;
  };
}
