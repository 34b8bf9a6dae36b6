import { type Demand, decodeDemand } from "@assay/sdk";
import type { PipelineContext } from "../pipeline/context.ts";
import type { AuditRecord } from "./auditStore.ts";

/** Where a submission stands that an auditor looks at. Seconds are the chain's. */
export type Standing =
  /** `left` of the challenge window. */
  | { status: "submitted"; left: number }
  /** Somebody waits for a leaf until `answerBy`; the window stands still. */
  | { status: "demanded"; left: number; demand: Demand; answerBy: number }
  /** An arbiter has it; the window stands still. */
  | { status: "challenged" }
  /** Nobody can put it in question any more. */
  | { status: "over"; reason: string };

/** Asks the chain whether a submission can still be put in question. */
export async function standingOf(
  { client, head, store }: Pick<PipelineContext, "client" | "head" | "store">,
  { jobId, batch, resultRoot, worker }: AuditRecord,
  signal: AbortSignal,
): Promise<Standing> {
  const [state] = await client.getBatches({ jobId, first: batch, count: 1, signal });
  const window = store.job(jobId)?.terms.challengeWindowSeconds;
  if (state === undefined || window === undefined) return { status: "over", reason: "unknown" };
  const { status, timestamp, question } = state;
  if (state.resultRoot !== resultRoot || state.worker !== worker) {
    return { status: "over", reason: `it is ${status}` };
  }
  switch (status) {
    case "submitted": {
      const left = timestamp + window - head().timestamp;
      return left > 0 ? { status, left } : { status: "over", reason: "its window is over" };
    }
    case "demanded": {
      const demand = decodeDemand(question);
      const { responseWindowSeconds } = await client.getParameters({ signal });
      const answerBy = demand.openedAt + responseWindowSeconds;
      return { status, left: timestamp + window - demand.openedAt, demand, answerBy };
    }
    case "challenged":
      return { status };
    default:
      return { status: "over", reason: `it is ${status}` };
  }
}
