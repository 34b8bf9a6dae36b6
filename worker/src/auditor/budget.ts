import type { PipelineContext } from "../pipeline/context.ts";

export interface AuditBudget {
  /** Notes time that a task took of a processor. */
  spend(ms: number): void;
  /** Milliseconds that audits may still take. */
  leftMs(): number;
  /** Whether there are any; tells once when there are none any more. */
  isLeft(): boolean;
}

/** Keeps what audits take of the processors within `auditCpuMsPerHour`; what was taken outlives the process. */
export function createAuditBudget(
  { policy, report, store }: Pick<PipelineContext, "policy" | "report" | "store">,
  now: () => Date = () => new Date(),
): AuditBudget {
  const budgetMs = policy.auditCpuMsPerHour;
  let told = false;
  const leftMs = () => budgetMs - store.auditCpuMs(now());
  return {
    spend: (ms) => store.addAuditCpu(ms, now()),
    leftMs,
    isLeft() {
      const left = leftMs();
      if (left > 0) {
        told = false;
        return true;
      }
      if (!told) report("audit budget is spent", { spentMs: budgetMs - left, budgetMs });
      told = true;
      return false;
    },
  };
}
