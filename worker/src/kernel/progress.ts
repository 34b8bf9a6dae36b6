import type { Report } from "./events.ts";

/** Areas in which a node can stand still: its start, following the chain, new blocks, claimed batches. */
export type Area = "start" | "chain" | "blocks" | "work";

export interface Stall {
  area: Area;
  /** The next thing that should happen, or the obstacle. */
  reason: string;
  forMs: number;
}

/** Notices areas in which nothing moves, and reports the begin and the end of each stall. */
export interface Progress {
  /** Something happened in the area. `waitingFor` should happen next; `undefined` if nothing has to. */
  moved(area: Area, waitingFor: string | undefined, options?: { withinMs?: number }): void;
  /** Gives the reason why nothing happens in the area now. */
  blocked(area: Area, reason: string): void;
  /** Areas in which nothing has moved for too long. */
  readonly stalls: Stall[];
  stop(): void;
}

/** Time without progress after which a node reports a stall, in milliseconds. */
const STALL_MS = 30_000;
/** Number of checks in that time. */
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
