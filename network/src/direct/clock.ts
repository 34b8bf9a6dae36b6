import { remember } from "../recent/remember.ts";

/** Samples of a peer that are remembered; the one that travelled fastest counts, since delays hide offsets. */
const SAMPLES = 8;
/** Peers that are remembered. */
const MOST_PEERS = 64;
/** Fewer peers than this say nothing: one alone may lie. */
const QUORUM = 3;
/** From here on an offset is worth an alert, in milliseconds. */
export const MAX_OFFSET_MS = 2_000;

/** One question and its answer, in Unix milliseconds by the clocks of asker and answerer. */
export interface ClockSample {
  askedMs: number;
  answeredMs: number;
  heardMs: number;
}

export interface ClockReport {
  /** How far this machine's clock is ahead of the others', in milliseconds: the median over peers. `undefined` with fewer than three. */
  aheadMs: number | undefined;
  peers: number;
  /** Whether that is too far: messages of this peer will be taken for stale, and it will miss deadlines. */
  isWrong: boolean;
}

export interface NetworkClock {
  note(peerId: string, sample: ClockSample): void;
  forget(peerId: string): void;
  report(): ClockReport;
}

/** Compares this machine's clock with those of peers, as NTP does (RFC 5905, section 8). */
export function createNetworkClock(): NetworkClock {
  const samples = new Map<string, { aheadMs: number; delayMs: number }[]>();

  function aheadOf(list: readonly { aheadMs: number; delayMs: number }[]): number {
    const [best] = [...list].sort((a, b) => a.delayMs - b.delayMs);
    return best?.aheadMs ?? 0;
  }

  return {
    note(peerId, { askedMs, answeredMs, heardMs }) {
      const list = samples.get(peerId) ?? [];
      list.push({ aheadMs: (askedMs + heardMs) / 2 - answeredMs, delayMs: heardMs - askedMs });
      if (list.length > SAMPLES) list.shift();
      remember(samples, peerId, list, MOST_PEERS);
    },
    forget: (peerId) => void samples.delete(peerId),
    report() {
      const all = [...samples.values()].map(aheadOf).sort((a, b) => a - b);
      const middle = all.length >> 1;
      const isEven = all.length % 2 === 0;
      const median = isEven ? ((all[middle - 1] ?? 0) + (all[middle] ?? 0)) / 2 : all[middle];
      const aheadMs = all.length < QUORUM ? undefined : median;
      return { aheadMs, peers: all.length, isWrong: Math.abs(aheadMs ?? 0) > MAX_OFFSET_MS };
    },
  };
}
