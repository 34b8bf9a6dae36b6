import { ContractRevertError, challengeCommitment, NotPreparedError } from "@assay/sdk";
import { type PipelineContext, reported } from "../pipeline/context.ts";
import type { AuditRecord } from "./auditStore.ts";
import { LAST_CALL_SECONDS, obstacleTo, type QuestionContext } from "./question.ts";
import { standingOf } from "./standing.ts";

/**
 * Takes the challenge of a submission that is wrong one step further: prepares it, and makes it a block later.
 * @returns whether there was a step to take.
 */
export async function challengeBatch(
  context: QuestionContext,
  record: AuditRecord,
  signal: AbortSignal,
): Promise<boolean> {
  const { head, store } = context;
  const terms = store.job(record.jobId)?.terms;
  const standing = await standingOf(context, record, signal);
  if (terms === undefined || standing.status === "over") {
    return drop(context, record, standing.status === "over" ? standing.reason : "unknown");
  }
  // Whatever another's question leads to, ours waits: it may be there to keep us from asking.
  if (standing.status === "challenged") return false;
  if (standing.left < LAST_CALL_SECONDS) return drop(context, record, "its window is over");
  if (record.preparedAt !== undefined && head().number <= record.preparedAt) return false;
  const obstacle = await obstacleTo("challenge", context, terms, signal);
  if (obstacle !== undefined) {
    context.putOff(record, obstacle);
    return false;
  }
  try {
    if (record.state === "wrong") await prepare(context, record, signal);
    else await challenge(context, record, signal);
    return true;
  } catch (error) {
    if (!(error instanceof ContractRevertError)) throw error;
    if (error instanceof NotPreparedError && error.args.preparedAt === 0n) {
      // The chain has forgotten it: a reorganisation.
      return store.moveAudit(record, "prepared", "wrong", { preparedAt: undefined });
    }
    if (error.retryable) return false;
    // Somebody was faster, or a moment went by: where it stands tells, next time.
    context.putOff(record, error.code);
    return false;
  }
}

/** What was committed to when the challenge was prepared. */
export function commitmentOf(
  { account: challenger }: Pick<PipelineContext, "account">,
  { jobId, batch, position, ground, salt }: AuditRecord,
) {
  if (position === undefined || ground === undefined || salt === undefined) {
    throw new TypeError("a wrong task has a position, a ground and a salt");
  }
  return challengeCommitment({ challenger, jobId, batch, position, salt, ground });
}

async function prepare(
  context: QuestionContext,
  record: AuditRecord,
  signal: AbortSignal,
): Promise<void> {
  const { client, store } = context;
  const sent = client.prepareChallenge({ commitment: commitmentOf(context, record), signal });
  const { blockNumber: preparedAt } = await reported(context, "prepareChallenge", sent);
  store.moveAudit(record, "wrong", "prepared", { preparedAt });
}

async function challenge(
  context: QuestionContext,
  record: AuditRecord,
  signal: AbortSignal,
): Promise<void> {
  const { client, store } = context;
  const { jobId, batch, resultRoot: expectedRoot, leaf, proof, ground, salt } = record;
  const terms = store.job(jobId)?.terms;
  if (terms === undefined) return;
  if (leaf === undefined || proof === undefined || ground === undefined || salt === undefined) {
    throw new TypeError("what is challenged has a leaf, a proof, a ground and a salt");
  }
  const parameters = { terms, batch, leaf, proof, expectedRoot, ground, salt, signal };
  const { id } = await reported(context, "challenge", client.challenge(parameters));
  noteChallenged(context, record, id);
}

/** Our challenge is on chain, as its receipt or its event tells. */
export function noteChallenged(
  { report, store }: Pick<PipelineContext, "report" | "store">,
  record: AuditRecord,
  id: `0x${string}`,
): void {
  const { jobId, batch, worker, position = 0 } = record;
  if (!store.moveAudit(record, ["wrong", "prepared"], "ended")) return;
  report("batch challenged", { jobId, batch, position, worker, id });
}

/** Nothing can come of it any more. */
export function drop(
  { report, store }: Pick<PipelineContext, "report" | "store">,
  record: AuditRecord,
  reason: string,
): boolean {
  const { jobId, batch } = record;
  if (!store.moveAudit(record, record.state, "ended")) return false;
  report("challenge dropped", { jobId, batch, reason });
  return true;
}
