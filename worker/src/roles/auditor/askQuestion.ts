import {
  ContractRevertError,
  type DisputeId,
  type GetPreparationReturnType,
  Ground,
  type JobTerms,
  questionCommitment,
  resultLeaf,
} from "@assay/sdk";
import { bytesToHex, type Hex, isAddressEqual } from "viem";
import { entryOfLeaf } from "../../disputes/evidence/leafEntry.ts";
import type { NodeContext } from "../../kernel/context.ts";
import { reported } from "../../kernel/report.ts";
import type { AskedAs, AuditRecord } from "../../store/auditStore.ts";
import { convictionByOthers, wasLostInDuel } from "./others.ts";
import {
  costsOf,
  drop,
  isSame,
  LAST_CALL_SECONDS,
  type QuestionContext,
  questionOf,
  unprepared,
} from "./question.ts";
import { type Standing, standingOf } from "./standing.ts";

/**
 * Takes the question about a submission that is wrong, or hidden, one step further: puts money behind it, and asks it a second later.
 * The chain says where it stands, so that it is the same after a crash between any two moments.
 * @returns whether there was a step to take.
 */
export async function askQuestion(
  context: QuestionContext,
  record: AuditRecord,
  signal: AbortSignal,
): Promise<boolean> {
  const { account: asker, client, store } = context;
  const terms = store.job(record.jobId)?.terms;
  if (terms === undefined) return drop(context, record, "unknown");
  const commitment = questionCommitment({ asker, question: questionOf(record) });
  const [standing, preparation] = await Promise.all([
    standingOf(context, record, signal),
    client.getPreparation({ commitment, signal }),
  ]);
  const step = { terms, standing, signal };
  if (preparation.amount > 0n) return spend(context, record, { ...step, preparation });
  if (record.state === "prepared") return lookAgain(context, record, standing);
  return prepare(context, record, { ...step, commitment });
}

interface Step {
  terms: JobTerms;
  standing: Standing;
  signal: AbortSignal;
}

/** The preparation was used and its event is yet to come, or a reorganisation has undone it. */
function lookAgain(
  { account, store }: QuestionContext,
  record: AuditRecord,
  standing: Standing,
): boolean {
  const isAsked =
    standing.status === "open" &&
    standing.pending.some((asked) => isAddressEqual(asked.asker, account) && isSame(record, asked));
  if (isAsked) return false;
  const { state, fields } = unprepared(record);
  return store.moveAudit(record, "prepared", state, fields);
}

async function prepare(
  context: QuestionContext,
  record: AuditRecord,
  { terms, standing, commitment, signal }: Step & { commitment: Hex },
): Promise<boolean> {
  const { client, head, store } = context;
  if (standing.status === "over") return drop(context, record, standing.reason);
  const { left, submittedAt, inquiry, pending } = standing;
  if (head().timestamp <= submittedAt) return false; // in the second of the submission it would be lost
  // No money is put behind what somebody else's question settles anyway.
  const conviction = await convictionByOthers(context, record, { ...standing, terms, signal });
  if (conviction.isDue) return conviction.did;
  if (await stands(context, record, signal))
    return drop(context, record, "its leaf was found right");
  if (left < LAST_CALL_SECONDS) {
    return pending.length === 0 && drop(context, record, "its window is over");
  }
  const { prepareWei, obstacle } = await costsOf(context, record, {
    terms,
    inquiry,
    preparedWei: 0n,
    signal,
  });
  if (obstacle !== undefined) {
    context.putOff(record, obstacle);
    return false;
  }
  // Another's question counts as ours only if it comes after this.
  store.moveAudit(record, record.state, record.state, { asked: undefined });
  try {
    const sent = client.prepareQuestion({ commitment, amount: prepareWei, signal });
    await reported(context, "prepare", sent);
  } catch (error) {
    if (!(error instanceof ContractRevertError)) throw error;
    return false; // it was prepared before, as the next look tells
  }
  store.moveAudit(record, record.state, "prepared", { bond: prepareWei });
  return true;
}

async function spend(
  context: QuestionContext,
  record: AuditRecord,
  { terms, standing, preparation, signal }: Step & { preparation: GetPreparationReturnType },
): Promise<boolean> {
  const { client, head, store } = context;
  const { amount, preparedAt } = preparation;
  if (record.state !== "prepared") {
    return store.moveAudit(record, record.state, "prepared", { bond: amount });
  }
  const { asked } = record;
  const isDoubtful = standing.status === "open" && wasLostInDuel(context, terms, standing);
  if (asked !== undefined && !isDoubtful) return reclaim(context, record, asked, signal);
  if (standing.status === "over") return drop(context, record, standing.reason);
  const now = head().timestamp;
  if (now <= preparedAt) return false;
  const { responseWindowSeconds } = await client.getParameters({ signal });
  if (now > preparedAt + responseWindowSeconds || preparedAt <= standing.submittedAt) {
    context.putOff(record, "what was prepared has lapsed");
    const { state, fields } = unprepared(record);
    return store.moveAudit(record, "prepared", state, fields);
  }
  const { inquiry } = standing;
  const { obstacle } = await costsOf(context, record, {
    terms,
    inquiry,
    preparedWei: amount,
    signal,
  });
  if (obstacle !== undefined) {
    context.putOff(record, obstacle);
    return false;
  }
  try {
    if (record.ground === Ground.none) await demand(context, record, { terms, amount, signal });
    else await challenge(context, record, { terms, amount, signal });
    return true;
  } catch (error) {
    if (!(error instanceof ContractRevertError)) throw error;
    // Somebody was faster, or a moment went by: where it stands tells, next time.
    if (!error.retryable) context.putOff(record, error.code);
    return false;
  }
}

type Asking = { terms: JobTerms; amount: bigint; signal: AbortSignal };

async function challenge(
  context: QuestionContext,
  record: AuditRecord,
  { terms, amount: prepared, signal }: Asking,
): Promise<void> {
  const { leaf, proof } = record;
  if (leaf === undefined || proof === undefined) {
    throw new TypeError("what is challenged has a leaf and a proof");
  }
  const question = questionOf(record);
  const sent = context.client.challenge({ terms, question, leaf, proof, prepared, signal });
  const { id } = await reported(context, "challenge", sent);
  noteChallenged(context, record, id);
}

async function demand(
  context: QuestionContext,
  record: AuditRecord,
  { terms, amount: prepared, signal }: Asking,
): Promise<void> {
  const question = questionOf(record);
  const sent = context.client.demand({ terms, question, prepared, signal });
  const { bond, round, number } = await reported(context, "demand", sent);
  noteDemanded(context, record, { bond, asked: { round, number } });
}

/** Somebody else has asked the same question after it was prepared. The money is reclaimed. */
async function reclaim(
  context: QuestionContext,
  record: AuditRecord,
  asked: AskedAs,
  signal: AbortSignal,
): Promise<boolean> {
  const { client, report, store } = context;
  const { jobId, batch, position = 0 } = record;
  try {
    const sent = client.reclaimPreparation({ question: questionOf(record), ...asked, signal });
    const { amount: amountWei } = await reported(context, "reclaim", sent);
    report("preparation reclaimed", { jobId, batch, position, amountWei });
  } catch (error) {
    if (!(error instanceof ContractRevertError)) throw error;
    // It was asked before we prepared, or a reorganisation has undone it: ours is ours to ask.
    return store.moveAudit(record, "prepared", "prepared", { asked: undefined });
  }
  const { state, fields } = unprepared(record);
  return store.moveAudit(record, "prepared", state, fields);
}

/** A leaf that the arbiter has found right cannot be disputed again. */
async function stands(
  { client }: QuestionContext,
  { jobId, ground, position, leaf }: AuditRecord,
  signal: AbortSignal,
): Promise<boolean> {
  const entry = leaf === undefined ? undefined : entryOfLeaf(leaf);
  if (ground !== Ground.wrongResult || position === undefined || entry === undefined) return false;
  const hash = bytesToHex(resultLeaf(position, entry));
  return client.getLeafStands({ jobId, position, leaf: hash, signal });
}

/** Our challenge is on chain, as its receipt or its event tells. */
export function noteChallenged(
  { report, store }: Pick<NodeContext, "report" | "store">,
  record: AuditRecord,
  id: DisputeId,
): void {
  const { jobId, batch, worker, position = 0 } = record;
  if (!store.moveAudit(record, ["wrong", "prepared"], "ended")) return;
  report("batch challenged", { jobId, batch, position, worker, id });
}

/** Our demand is on chain, as its receipt or its event tells. */
export function noteDemanded(
  { report, store }: Pick<NodeContext, "report" | "store">,
  record: AuditRecord,
  fields: { bond: bigint; asked: AskedAs },
): void {
  const { jobId, batch, worker, position = 0 } = record;
  if (!store.moveAudit(record, ["hidden", "prepared"], "demanded", fields)) return;
  report("leaf demanded", { jobId, batch, position, worker, bondWei: fields.bond });
}
