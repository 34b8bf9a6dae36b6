import type { NodeContext } from "../../kernel/context.ts";
import { AuditBudgetError } from "./errors.ts";

export interface AuditBudget {
  /** Milliseconds that audits may still take, besides those that run. */
  leftMs(): number;
  /** Whether there are any; tells once when there are none any more. */
  isLeft(): boolean;
  /**
   * Sets time aside for a task that is about to run: no more than is left, so that audits side by side do not take it twice.
   * @param ms - the longest that it may take, or what it is expected to.
   * @returns notes what it took, and gives the rest back.
   *
   * @throws {@link AuditBudgetError} when nothing is left.
   */
  setAside(ms: number): (tookMs: number) => void;
}

/** Keeps what audits take of the processors within `auditCpuMsPerHour`; what was taken outlives the process. */
export function createAuditBudget(
  { policy, report, store }: Pick<NodeContext, "policy" | "report" | "store">,
  now: () => Date = () => new Date(),
): AuditBudget {
  const budgetMs = policy.auditCpuMsPerHour;
  let asideMs = 0;
  let told = false;
  const leftMs = () => budgetMs - store.auditCpuMs(now()) - asideMs;
  return {
    leftMs,
    isLeft() {
      const spentMs = store.auditCpuMs(now());
      if (spentMs < budgetMs) {
        told = false;
        return leftMs() > 0;
      }
      if (!told) report("audit budget is spent", { spentMs, budgetMs });
      told = true;
      return false;
    },
    setAside(ms) {
      const mine = Math.min(ms, leftMs());
      if (mine <= 0) throw new AuditBudgetError(budgetMs);
      asideMs += mine;
      return (tookMs) => {
        asideMs -= mine;
        store.addAuditCpu(tookMs, now());
      };
    },
  };
}
