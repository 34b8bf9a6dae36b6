import { AssayError, type MarketEvent } from "@assay/sdk";
import { isAddressEqual, zeroAddress } from "viem";
import { resolveDisputes } from "../disputes/resolveDisputes.ts";
import { createLanePart, messageOf, type Part } from "../node/part.ts";
import type { PipelineContext } from "../pipeline/context.ts";
import { isTrusted } from "../pipeline/policy.ts";
import { createRetries } from "../pipeline/retries.ts";
import { withdrawCredit } from "../pipeline/settlement.ts";
import type { AuditRecord } from "../store/disputeStore.ts";
import { auditBatch } from "./auditBatch.ts";
import { challengeBatch } from "./challengeBatch.ts";

const RETRY = { firstMs: 1_000, longestMs: 60_000 };

/**
 * The auditor: recomputes a sample of what other workers submit, challenges what is wrong, and sees the dispute through. It lives
 * on its share of their stake.
 */
export function createAuditor(context: PipelineContext): Part {
  const { account, policy, report, store } = context;
  const retries = createRetries<string>(RETRY);
  let creditMayHaveGrown = true;

  function onEvents(events: readonly MarketEvent[]): void {
    for (const event of events) {
      if (event.type === "workerSlashed" && isAddressEqual(event.challenger, account)) {
        creditMayHaveGrown = true;
      }
      if (event.type !== "batchSubmitted" || isAddressEqual(event.worker, account)) continue;
      const terms = store.job(event.jobId)?.terms;
      if (terms === undefined || terms.arbiter === zeroAddress) continue; // nobody could be convinced
      if (isTrusted(terms.arbiter, policy)) store.addAudit(event);
    }
  }

  const keyOf = ({ jobId, batch, resultRoot }: AuditRecord) => `${jobId}/${batch}/${resultRoot}`;

  async function audit(record: AuditRecord, signal: AbortSignal): Promise<void> {
    const { jobId, batch } = record;
    if (!(await isQuestionable(record, signal))) {
      store.setAudit(record, "ended");
      return;
    }
    try {
      await auditBatch(context, record, signal);
      retries.succeeded(keyOf(record));
    } catch (error) {
      if (!(error instanceof AssayError) || signal.aborted) throw error;
      const retryInMs = retries.failed(keyOf(record));
      setTimeout(part.wake, retryInMs).unref();
      report("batch not audited yet", { jobId, batch, retryInMs, error: messageOf(error) });
    }
  }

  /** Whether the submission still stands, and may still be put in question. */
  async function isQuestionable(
    { jobId, batch, resultRoot }: AuditRecord,
    signal: AbortSignal,
  ): Promise<boolean> {
    const [state] = await context.client.getBatches({ jobId, first: batch, count: 1, signal });
    const seconds = store.job(jobId)?.terms.challengeWindowSeconds ?? 0;
    if (state === undefined || state.resultRoot !== resultRoot) return false;
    // While it is in question the window stands still.
    if (state.status === "demanded" || state.status === "challenged") return true;
    return state.status === "submitted" && context.head().timestamp < state.timestamp + seconds;
  }

  const part = createLanePart({
    name: "audit",
    report,
    onEvents,
    async step(signal) {
      // What is found wrong comes first: its window is running out.
      for (const record of store.audits("prepared", "wrong")) {
        if (await challengeBatch(context, record, signal)) return true;
      }
      if (await resolveDisputes(context, signal)) creditMayHaveGrown = true;
      if (creditMayHaveGrown) await withdrawCredit(context, signal);
      creditMayHaveGrown = false;
      for (const record of store.audits("due")) {
        if (!retries.isDue(keyOf(record))) continue;
        await audit(record, signal);
        return true;
      }
      return false;
    },
  });
  return part;
}
