import type { RefusalKind } from "../jobs/refusal.ts";
import type { NodeEvents, Report } from "../kernel/events.ts";

/** Number of jobs that a node has refused since its start, by kind of reason. */
export type RefusalCounts = Partial<Record<RefusalKind, number>>;

/** Counts the jobs that a node refuses. */
export function countRefusals(): { counts: RefusalCounts; report: Report } {
  const counts: RefusalCounts = {};
  return {
    counts,
    report(name, fields) {
      if (name !== "job refused") return;
      const { kind } = fields as NodeEvents["job refused"];
      counts[kind] = (counts[kind] ?? 0) + 1;
    },
  };
}
