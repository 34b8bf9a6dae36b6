import type { RefusalReason } from "../jobs/refusal.ts";
import type { NodeEvents, Report } from "../kernel/events.ts";

/** Number of jobs that a node has refused since its start, by kind of reason. */
export type RefusalCounts = Partial<Record<RefusalReason, number>>;

/** Counts the jobs that a node refuses. */
export function countRefusals(): { counts: RefusalCounts; report: Report } {
  const counts: RefusalCounts = {};
  return {
    counts,
    report(name, fields) {
      if (name !== "job refused") return;
      const { code } = fields as NodeEvents["job refused"];
      counts[code] = (counts[code] ?? 0) + 1;
    },
  };
}
