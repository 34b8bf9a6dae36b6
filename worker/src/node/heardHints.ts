import { type Author, createRateLimiter, type HeardHint, remember } from "@assay/network";
import type { JobId } from "@assay/sdk";
import type { NodeStore } from "../store/nodeStore.ts";

/** Looks at the chain that hints may cause besides the regular ones: of authors with something behind them, and of strangers. */
const LOOKS = { known: { perSecond: 1, burst: 5 }, strangers: { perSecond: 0.2, burst: 3 } };
/** A job that was not found by then, in milliseconds, although the chain was read, was not there. */
const PATIENCE_MS = 120_000;
/** Hints that are remembered until the chain shows them. */
const MOST = 1_000;
/** Authors of one hint that are remembered, the first ones. */
const MOST_AUTHORS = 256;

export interface HeardHints {
  hear(hint: HeardHint): void;
  /** To be called after blocks were read. */
  check(): void;
}

interface Told {
  job: JobId;
  block: bigint;
  at: number;
  /** By peer id: strangers cost nothing, and any number of them may say the same. */
  authors: Map<string, Author>;
}

/**
 * Hints make the node look at the chain early, but not often: a job that is known already, or whose block was read, is no reason, and
 * neither is one more hint right after another. What the chain does not confirm is held against whoever said it.
 *
 * @param wake - looks at the chain.
 * @param now - a clock in milliseconds.
 */
export function createHeardHints({
  store,
  wake,
  blame,
  now = () => performance.now(),
}: {
  store: Pick<NodeStore, "job" | "nextBlock">;
  wake: () => void;
  blame: (author: Author) => void;
  now?: () => number;
}): HeardHints {
  /** By job and block: who names a wrong block speaks for nobody else. */
  const told = new Map<string, Told>();
  const known = createRateLimiter(LOOKS.known, now);
  const strangers = createRateLimiter(LOOKS.strangers, now);

  return {
    hear({ job, block, author }) {
      if (store.job(job) !== undefined) return;
      const name = `${job} ${block}`;
      const before = told.get(name);
      if (before !== undefined) {
        if (before.authors.size < MOST_AUTHORS) before.authors.set(author.peerId, author);
        return;
      }
      const authors = new Map([[author.peerId, author]]);
      remember(told, name, { job, block, at: now(), authors }, MOST);
      if (block < store.nextBlock()) return;
      if ((author.standing > 0 ? known : strangers).take("looks")) wake();
    },
    check() {
      const next = store.nextBlock();
      for (const [name, { job, block, at, authors }] of told) {
        const isThere = store.job(job) !== undefined;
        const isOver = block < next || now() - at > PATIENCE_MS;
        if (!isThere && !isOver) continue;
        told.delete(name);
        if (!isThere) for (const author of authors.values()) blame(author);
      }
    },
  };
}
