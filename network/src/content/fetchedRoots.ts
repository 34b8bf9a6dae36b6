import type { CID } from "multiformats/cid";

/** Roots that a peer announces because it has fetched them. */
const MAX_ANNOUNCED = 1_024;
/** Roots that wait to be announced: each takes a query of the DHT. What comes on top is not announced. */
const MAX_WAITING = 64;
/** Announced roots that are looked after for each new one. */
const CHECKED_EACH_TIME = 4;

/** How a peer stands with what it has fetched and announces. */
export interface AnnouncementFigures {
  announced: number;
  waiting: number;
  /** Since the start: those that could not be announced, and those for which there was no place. */
  failed: number;
  dropped: number;
}

export interface FetchedRootsParameters {
  provide(cid: CID): Promise<void>;
  /** The DHT announces what was announced once until it is told not to. */
  cancel(cid: CID): Promise<void>;
  has(cid: CID): Promise<boolean>;
}

/**
 * Announces the roots of contents that a peer has fetched, one at a time: who has fetched a content can give it to others. The latest ones are
 * announced, and only while the peer has them.
 */
export class FetchedRoots {
  readonly #parameters: FetchedRootsParameters;
  /** By text; those announced longest ago come first. */
  readonly #announced = new Map<string, CID>();
  readonly #waiting = new Map<string, CID>();
  #isBusy = false;
  #failed = 0;
  #dropped = 0;

  constructor(parameters: FetchedRootsParameters) {
    this.#parameters = parameters;
  }

  get figures(): AnnouncementFigures {
    return {
      ...{ announced: this.#announced.size, waiting: this.#waiting.size },
      ...{ failed: this.#failed, dropped: this.#dropped },
    };
  }

  add(root: CID): void {
    const name = root.toString();
    if (this.#announced.has(name) || this.#waiting.has(name)) return;
    if (this.#waiting.size >= MAX_WAITING) {
      this.#dropped++;
      return;
    }
    this.#waiting.set(name, root);
    if (!this.#isBusy) void this.#announceAll();
  }

  async #announceAll(): Promise<void> {
    this.#isBusy = true;
    for (const [name, root] of this.#waiting) {
      try {
        await this.#parameters.provide(root);
        this.#announced.set(name, root);
      } catch {
        this.#failed++;
      }
      this.#waiting.delete(name);
      await this.#lookAfter().catch(() => {
        // The store is closed: the peer ends.
      });
    }
    this.#isBusy = false;
  }

  /** Takes back the announcements of what was deleted, and the oldest of too many. */
  async #lookAfter(): Promise<void> {
    const oldest = [...this.#announced].slice(0, CHECKED_EACH_TIME);
    for (const [name, root] of oldest) {
      const isKept = this.#announced.size <= MAX_ANNOUNCED && (await this.#parameters.has(root));
      this.#announced.delete(name);
      if (isKept) this.#announced.set(name, root);
      else await this.#parameters.cancel(root);
    }
  }
}
