import { AssayError } from "@assay/sdk";

/** The hour's processor time for audits is used, or set aside for audits under way. */
export class AuditBudgetError extends AssayError {
  readonly code = "AUDIT_BUDGET_SPENT";
  readonly retryable = true;

  constructor(budgetMs: number) {
    super(
      `Audits have used their ${budgetMs} ms of processor time in an hour: wait, or raise --audit-cpu.`,
    );
  }
}
