import { ContractRevertError, type JobTerms } from "@assay/sdk";
import { isAddressEqual } from "viem";
import { demandValue } from "../disputes/risk.ts";
import { reported } from "../pipeline/context.ts";
import type { AuditRecord } from "./auditStore.ts";
import { drop } from "./challengeBatch.ts";
import { LAST_CALL_SECONDS, obstacleTo, type QuestionContext } from "./question.ts";
import { standingOf } from "./standing.ts";

/**
 * Takes the demand of a leaf of a submission whose manifest nobody gives one step further: makes it, and has the worker slashed that
 * does not answer in time.
 * @returns whether there was a step to take.
 */
export async function demandLeaf(
  context: QuestionContext,
  record: AuditRecord,
  signal: AbortSignal,
): Promise<boolean> {
  const { account, head, store } = context;
  const terms = store.job(record.jobId)?.terms;
  const standing = await standingOf(context, record, signal);
  if (terms === undefined || standing.status === "over") {
    return drop(context, record, standing.status === "over" ? standing.reason : "unknown");
  }
  switch (standing.status) {
    case "demanded": {
      const ours = isAddressEqual(standing.demand.challenger, account);
      if (ours && record.state === "hidden") {
        // It was sent before a restart.
        const parameters = await context.client.getParameters({ signal });
        return noteDemanded(context, record, demandValue(terms, parameters));
      }
      if (head().timestamp <= standing.answerBy) return false;
      return forfeit(context, record, terms, ours ? "own" : "none", signal);
    }
    case "submitted":
      // The event that tells what became of our demand is yet to come.
      if (record.state === "demanded") return false;
      if (standing.left < LAST_CALL_SECONDS) return drop(context, record, "its window is over");
      return demand(context, record, terms, signal);
    default:
      return false; // an arbiter has it
  }
}

async function demand(
  context: QuestionContext,
  record: AuditRecord,
  terms: JobTerms,
  signal: AbortSignal,
): Promise<boolean> {
  const { client } = context;
  const { batch, position = 0, resultRoot: expectedRoot } = record;
  const obstacle = await obstacleTo("demand", context, terms, signal);
  if (obstacle !== undefined) {
    context.putOff(record, obstacle);
    return false;
  }
  try {
    const sent = client.demand({ terms, batch, position, expectedRoot, signal });
    const { bond } = await reported(context, "demand", sent);
    return noteDemanded(context, record, bond);
  } catch (error) {
    if (!(error instanceof ContractRevertError)) throw error;
    return false; // somebody was faster: where it stands tells, next time
  }
}

/** Our demand is on chain, as its receipt or its event tells. */
export function noteDemanded(
  { report, store }: Pick<QuestionContext, "report" | "store">,
  record: AuditRecord,
  bondWei: bigint,
): boolean {
  const { jobId, batch, worker, position = 0 } = record;
  if (!store.moveAudit(record, "hidden", "demanded", { bond: bondWei })) return false;
  report("leaf demanded", { jobId, batch, position, worker, bondWei });
  return true;
}

async function forfeit(
  context: QuestionContext,
  record: AuditRecord,
  terms: JobTerms,
  interest: "own" | "none",
  signal: AbortSignal,
): Promise<boolean> {
  const { client, turns } = context;
  const { jobId, batch, worker } = record;
  const turn = `forfeit/${jobId}/${batch}/${worker}`;
  if (!turns.isOurs(turn, interest)) return false;
  try {
    await reported(context, "forfeit", client.forfeit({ terms, batch, signal }));
  } catch (error) {
    if (!(error instanceof ContractRevertError)) throw error;
    return false; // another was faster, or the chain's next block is not as far as ours
  }
  turns.over(turn);
  noteForfeited(context, record);
  return true;
}

/** A worker that showed nothing was slashed, as the receipt or the event tells. */
export function noteForfeited(
  { report, store }: Pick<QuestionContext, "report" | "store">,
  record: AuditRecord,
): void {
  const { jobId, batch, worker } = record;
  if (!store.moveAudit(record, ["hidden", "demanded"], "ended")) return;
  report("demand forfeited", { jobId, batch, worker });
}
