import { asCount } from "@assay/sdk/protocol";
import type { NetworkClock } from "./clock.ts";
import type { Direct } from "./direct.ts";

/**
 * Milliseconds between two heartbeats of a peer that work is shared with, and of others that only lend their clocks; and how long a peer may
 * be silent before it is suspected of having left.
 */
const TIMES_MS = { shared: 3_000, clocks: 30_000, silent: 15_000 };
/** Peers besides those that share work. */
const CLOCKS = 8;
/** Peers that share work and are watched: those that come next in the order of peer ids, so that everybody is watched by as many. */
const MOST_SHARED = 16;
/** Partners in awards: each batch has three. */
const MOST_PARTNERS = 16;
const KIND = "heartbeat";

export interface Heartbeats {
  /**
   * Peers with whom work is shared from now on, instead of those before; of many, sixteen are watched.
   * @param partners - peers that have to know of each other, as winner, backup and requester of a batch: the first sixteen are watched.
   */
  share(peerIds: readonly string[], partners?: readonly string[]): void;
  /** Those of them that were silent for fifteen seconds. */
  readonly suspected: readonly string[];
  stop(): void;
}

/** Whom a peer watches of those that share its work. */
export function watchedBy(self: string, peerIds: readonly string[]): string[] {
  const ring = [...new Set(peerIds)].filter((peerId) => peerId !== self).sort();
  const after = ring.filter((peerId) => peerId > self);
  const before = ring.slice(0, ring.length - after.length);
  return [...after, ...before].slice(0, MOST_SHARED);
}

/**
 * Asks peers whether they are there: those that share work every three seconds, and some others now and then for the time.
 * @param self - this peer's id.
 * @param neighbours - peers with an open connection.
 * @param onChange - called when a peer comes under suspicion, and when it is heard of again.
 * @param timesMs - default: every 3 and 30 seconds, and 15 seconds of silence.
 */
export function startHeartbeats({
  self,
  direct,
  clock,
  neighbours,
  onChange = () => {},
  timesMs = TIMES_MS,
}: {
  self: string;
  direct: Direct;
  clock: NetworkClock;
  neighbours: () => readonly string[];
  onChange?: (peerId: string, isSuspected: boolean) => void;
  timesMs?: typeof TIMES_MS;
}): Heartbeats {
  /** When each peer that work is shared with was last heard of. */
  let shared = new Map<string, number>();
  const suspected = new Set<string>();
  const underWay = new Set<string>();

  direct.serve(KIND, () => Date.now());

  async function beat(peerId: string): Promise<void> {
    if (underWay.has(peerId)) return;
    underWay.add(peerId);
    try {
      const { body, times } = await direct.ask(peerId, KIND, null);
      const answeredMs = asCount(body);
      if (answeredMs !== undefined) clock.note(peerId, { ...times, answeredMs });
      if (!shared.has(peerId)) return;
      shared.set(peerId, performance.now());
      if (suspected.delete(peerId)) onChange(peerId, false);
    } catch {
      clock.forget(peerId);
    } finally {
      underWay.delete(peerId);
    }
  }

  function suspect(): void {
    const before = performance.now() - timesMs.silent;
    for (const [peerId, heardAt] of shared) {
      if (heardAt >= before || suspected.has(peerId)) continue;
      suspected.add(peerId);
      onChange(peerId, true);
    }
  }

  const often = setInterval(() => {
    suspect();
    for (const peerId of shared.keys()) void beat(peerId);
  }, timesMs.shared);
  const seldom = setInterval(() => {
    for (const peerId of neighbours().slice(0, CLOCKS)) void beat(peerId);
  }, timesMs.clocks);
  often.unref();
  seldom.unref();
  return {
    share(peerIds, partners = []) {
      const now = performance.now();
      const others = partners.filter((peerId) => peerId !== self).slice(0, MOST_PARTNERS);
      const watched = new Set([...others, ...watchedBy(self, peerIds)]);
      shared = new Map([...watched].map((peerId) => [peerId, shared.get(peerId) ?? now]));
      for (const peerId of suspected) if (!shared.has(peerId)) suspected.delete(peerId);
    },
    get suspected() {
      return [...suspected];
    },
    stop() {
      clearInterval(often);
      clearInterval(seldom);
    },
  };
}
