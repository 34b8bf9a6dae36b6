import { AssayError } from "@assay/sdk";

/** What audits may take of the processors in an hour is taken, or promised to others that are under way. */
export class AuditBudgetError extends AssayError {
  readonly code = "AUDIT_BUDGET_SPENT";
  readonly retryable = true;

  constructor(budgetMs: number) {
    super(
      `Audits may take ${budgetMs} ms of the processors in an hour, and have: wait, or allow more.`,
    );
  }
}
