import { ContractRevertError } from "@assay/sdk";
import type { NodeContext } from "../../kernel/context.ts";
import { reported } from "../../kernel/report.ts";
import type { AuditRecord } from "../../store/auditStore.ts";
import { drop, type QuestionContext } from "./question.ts";
import { standingOf } from "./standing.ts";

/**
 * Waits for the leaf that we have demanded, and has a worker slashed that does not show it in time. If the batch was taken from it on
 * another question, our bond comes back.
 * @returns whether there was a step to take.
 */
export async function awaitLeaf(
  context: QuestionContext,
  record: AuditRecord,
  signal: AbortSignal,
): Promise<boolean> {
  const { client, head, store } = context;
  const { jobId, asked } = record;
  const terms = store.job(jobId)?.terms;
  if (terms === undefined || asked === undefined) return drop(context, record, "unknown");
  const standing = await standingOf(context, record, signal);
  if (standing.status === "open") {
    const ours = standing.pending.find(({ demand, number }) => demand && number === asked.number);
    if (ours === undefined) return false; // the event that tells what became of it is yet to come
    const { responseWindowSeconds } = await client.getParameters({ signal });
    if (head().timestamp <= ours.askedAt + responseWindowSeconds) return false;
  } else if (standing.round === asked.round) {
    return false; // as above
  }
  return forfeit(context, record, { terms, asked, signal });
}

async function forfeit(
  context: QuestionContext,
  record: AuditRecord,
  {
    terms,
    asked,
    signal,
  }: Pick<Parameters<QuestionContext["client"]["forfeit"]>[0], "terms" | "signal"> & {
    asked: NonNullable<AuditRecord["asked"]>;
  },
): Promise<boolean> {
  const { client } = context;
  const { batch } = record;
  try {
    const sent = client.forfeit({ terms, batch, ...asked, signal });
    const { slash } = await reported(context, "forfeit", sent);
    if (slash === undefined)
      return drop(context, record, "the worker was slashed for another task");
  } catch (error) {
    if (!(error instanceof ContractRevertError)) throw error;
    return false; // another was faster, or the chain's next block is not as far as ours
  }
  noteForfeited(context, record);
  return true;
}

/** A worker that showed nothing was slashed, as the receipt or the event tells. */
export function noteForfeited(
  { report, store }: Pick<NodeContext, "report" | "store">,
  record: AuditRecord,
): void {
  const { jobId, batch, worker } = record;
  if (!store.moveAudit(record, "demanded", "ended")) return;
  report("demand forfeited", { jobId, batch, worker });
}
