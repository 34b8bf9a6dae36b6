import { setTimeout as sleep } from "node:timers/promises";
import type { CID } from "multiformats/cid";
import { remember } from "../recent/remember.ts";

/** How long a root waits to be announced, in milliseconds: the work for which it was fetched goes first. */
const DELAY_MS = 10_000;
/** How long a root is held before it is looked at again, in milliseconds: peers nearer to it may have left. */
const RECHECK_MS = 60_000;
/** Roots that a peer announces because it has fetched them, and those that it holds. */
const MAX_ROOTS = 1_024;
/** Roots that wait to be announced: each takes a query of the DHT. What comes on top is not announced. */
const MAX_WAITING = 64;
/** How often the queue is looked at while nothing is due, in milliseconds. */
const LOOK_MS = 1_000;
/** Announced roots that are looked after for each new one. */
const CHECKED_EACH_TIME = 4;

/** How a peer stands with what it has fetched. */
export interface AnnouncementFigures {
  announced: number;
  /** Roots that are for nearer peers to announce. */
  held: number;
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
  /** Whether the peer is one of those nearest to it. */
  isNear(cid: CID): boolean;
  delayMs?: number;
  recheckMs?: number;
}

/**
 * Announces the roots of contents that a peer has fetched: who has fetched a content can give it to others. A few announcements are enough, and
 * each takes some forty questions, so that only the peers nearest to a root make them. What is for others to announce is looked at again, for
 * they may leave.
 */
export class FetchedRoots {
  readonly #parameters: FetchedRootsParameters;
  /** By text; those announced longest ago come first. */
  readonly #announced = new Map<string, CID>();
  /** When each is to be looked at, in milliseconds of {@link performance.now}. */
  readonly #waiting = new Map<string, { root: CID; dueMs: number }>();
  readonly #held = new Map<string, { root: CID; dueMs: number }>();
  readonly #stopped = new AbortController();
  #isBusy = false;
  #failed = 0;
  #dropped = 0;

  constructor(parameters: FetchedRootsParameters) {
    this.#parameters = parameters;
  }

  get figures(): AnnouncementFigures {
    return {
      ...{ announced: this.#announced.size, held: this.#held.size, waiting: this.#waiting.size },
      ...{ failed: this.#failed, dropped: this.#dropped },
    };
  }

  add(root: CID): void {
    const name = root.toString();
    if ([this.#announced, this.#waiting, this.#held].some((roots) => roots.has(name))) return;
    if (this.#waiting.size >= MAX_WAITING) {
      this.#dropped++;
      return;
    }
    const { delayMs = DELAY_MS } = this.#parameters;
    this.#waiting.set(name, { root, dueMs: performance.now() + delayMs });
    if (!this.#isBusy) void this.#run();
  }

  stop(): void {
    this.#stopped.abort();
  }

  async #run(): Promise<void> {
    this.#isBusy = true;
    const { signal } = this.#stopped;
    while (this.#waiting.size + this.#held.size > 0 && !signal.aborted) {
      const all = [...this.#waiting, ...this.#held];
      const [name, next] = all.reduce((a, b) => (b[1].dueMs < a[1].dueMs ? b : a));
      const leftMs = next.dueMs - performance.now();
      // A root that comes meanwhile may be due sooner.
      if (leftMs > 0) {
        await sleep(Math.min(leftMs, LOOK_MS), undefined, { ref: false, signal }).catch(() => {});
        continue;
      }
      await this.#look(name, next.root);
      this.#waiting.delete(name);
      await this.#lookAfter().catch(() => {
        // The store is closed: the peer ends.
      });
    }
    this.#isBusy = false;
  }

  async #look(name: string, root: CID): Promise<void> {
    const { provide, has, isNear, recheckMs = RECHECK_MS } = this.#parameters;
    this.#held.delete(name);
    try {
      if (!(await has(root))) return;
      if (!isNear(root)) {
        const dueMs = performance.now() + recheckMs;
        remember(this.#held, name, { root, dueMs }, MAX_ROOTS);
        return;
      }
      await provide(root);
      this.#announced.set(name, root);
    } catch {
      this.#failed++;
    }
  }

  /** Takes back the announcements of what was deleted, and the oldest of too many. */
  async #lookAfter(): Promise<void> {
    const oldest = [...this.#announced].slice(0, CHECKED_EACH_TIME);
    for (const [name, root] of oldest) {
      const isKept = this.#announced.size <= MAX_ROOTS && (await this.#parameters.has(root));
      this.#announced.delete(name);
      if (isKept) this.#announced.set(name, root);
      else await this.#parameters.cancel(root);
    }
  }
}
