import type { AskedQuestion, Inquiry } from "@assay/sdk";
import type { NodeContext } from "../../kernel/context.ts";
import type { AuditRecord } from "../../store/auditStore.ts";

/** The state of an audited submission on chain. Seconds are the chain's. */
export type Standing =
  /** It can be put in question; `left` of the challenge window, which stands still while something is pending. */
  | {
      status: "open";
      left: number;
      /** A preparation of this second or before cannot be used. */
      submittedAt: number;
      inquiry: Inquiry;
      pending: AskedQuestion[];
    }
  /** Nobody can put it in question any more. `round`: how often the batch was taken from a worker that was wrong. */
  | { status: "over"; reason: string; round: number };

/** Asks the chain whether a submission can still be put in question, and what is asked about it. */
export async function standingOf(
  { client, head, store }: Pick<NodeContext, "client" | "head" | "store">,
  { jobId, batch, resultRoot, worker }: AuditRecord,
  signal: AbortSignal,
): Promise<Standing> {
  const [state] = await client.getBatches({ jobId, first: batch, count: 1, signal });
  const window = store.job(jobId)?.terms.challengeWindowSeconds;
  if (state === undefined || window === undefined) {
    return { status: "over", reason: "unknown", round: 0 };
  }
  const { status, timestamp, inquiry } = state;
  const { round, frozenAt, frozenSeconds } = inquiry;
  const submittedAt = timestamp - frozenSeconds;
  if (state.resultRoot !== resultRoot || state.worker !== worker) {
    return { status: "over", reason: `it is ${status}`, round };
  }
  switch (status) {
    case "submitted": {
      const left = timestamp + window - head().timestamp;
      if (left <= 0) return { status: "over", reason: "its window is over", round };
      return { status: "open", left, submittedAt, inquiry, pending: [] };
    }
    case "questioned": {
      const pending = await client.getPendingQuestions({ jobId, batch, signal });
      const left = timestamp + window - frozenAt;
      return { status: "open", left, submittedAt, inquiry, pending };
    }
    default:
      return { status: "over", reason: `it is ${status}`, round };
  }
}
