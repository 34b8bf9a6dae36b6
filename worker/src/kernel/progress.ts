import type { Report } from "./events.ts";

/** Where a node can stand still: in its start, in following the chain, for want of new blocks, with a batch that it has claimed. */
export type Area = "start" | "chain" | "blocks" | "work";

export interface Stall {
  area: Area;
  /** What is waited for, or what is in the way. */
  reason: string;
  forMs: number;
}

/** Notices where nothing moves, and says so: once when it begins and once when it is over. */
export interface Progress {
  /** Something happened there. Next `waitingFor` is to happen, or nothing has to. */
  moved(area: Area, waitingFor: string | undefined, options?: { withinMs?: number }): void;
  /** Why nothing happens there at the moment. */
  blocked(area: Area, reason: string): void;
  /** Where nothing has moved for too long. */
  readonly stalls: Stall[];
  stop(): void;
}

/** Without progress for so long a node says so, in milliseconds. */
const STALL_MS = 30_000;
/** Looks in that time. */
const LOOKS = 10;

interface Standing {
  waitingFor: string | undefined;
  since: number;
  withinMs: number;
  isTold: boolean;
}

export function watchProgress({
  report,
  stallMs = STALL_MS,
}: {
  report: Report;
  stallMs?: number | undefined;
}): Progress {
  const areas = new Map<Area, Standing>();

  const stalls = (): Stall[] =>
    [...areas].flatMap(([area, { waitingFor, since, withinMs }]) => {
      const forMs = Math.round(performance.now() - since);
      return waitingFor !== undefined && forMs >= withinMs
        ? [{ area, reason: waitingFor, forMs }]
        : [];
    });

  const timer = setInterval(() => {
    for (const stall of stalls()) {
      const standing = areas.get(stall.area);
      if (standing === undefined || standing.isTold) continue;
      standing.isTold = true;
      report("no progress", stall);
    }
  }, stallMs / LOOKS);
  timer.unref();

  return {
    moved(area, waitingFor, { withinMs = stallMs } = {}) {
      if (areas.get(area)?.isTold) report("progress again", { area });
      const limits = { withinMs: Math.max(withinMs, stallMs), since: performance.now() };
      areas.set(area, { waitingFor, ...limits, isTold: false });
    },
    blocked(area, reason) {
      const standing = areas.get(area);
      if (standing?.waitingFor !== undefined) standing.waitingFor = reason;
    },
    get stalls() {
      return stalls();
    },
    stop: () => clearInterval(timer),
  };
}
