import { NodeTroubleError } from "@assay/runners";
import {
  type AskedQuestion,
  AssayError,
  ContractRevertError,
  Ground,
  type JobTerms,
  Ruling,
} from "@assay/sdk";
import { rulingOn } from "../../disputes/evidence/rulingOn.ts";
import { reported } from "../../kernel/report.ts";
import type { AuditRecord } from "../../store/auditStore.ts";
import type { DisputeRecord } from "../../store/disputeStore.ts";
import { isSame, type QuestionContext } from "./question.ts";
import type { Standing } from "./standing.ts";

/** Time limit for recomputing the task of another's question, in milliseconds. */
const LOOK_MS = 15_000;

/** Whether a worker is about to be convicted without us, and whether we have done something about it. */
export interface Conviction {
  isDue: boolean;
  did: boolean;
}

interface Asked {
  terms: JobTerms;
  round: number;
  asked: AskedQuestion;
  signal: AbortSignal;
}

/**
 * Whether somebody else's pending question convicts the worker: ours would bring nothing then. One that is ruled on, or that the worker
 * left unanswered, is carried out. A question that convicts nobody keeps us from nothing: it may have been asked for that.
 */
export async function convictionByOthers(
  context: QuestionContext,
  record: AuditRecord,
  {
    terms,
    inquiry,
    pending,
    signal,
  }: Pick<Extract<Standing, { status: "open" }>, "inquiry" | "pending"> & {
    terms: JobTerms;
    signal: AbortSignal;
  },
): Promise<Conviction> {
  const { round } = inquiry;
  const wasLost = wasLostInDuel(context, terms, { inquiry, pending });
  for (const asked of pending) {
    if (wasLost && !asked.demand && !(await isRuled(context, terms, asked, signal))) continue;
    const look = asked.demand ? byDemand : byChallenge;
    const conviction = await look(context, record, { terms, round, asked, signal });
    if (conviction.isDue) return conviction;
  }
  return { isDue: false, did: false };
}

/**
 * Whether a challenge of this round was lost before an arbiter that decides between two parties. Then the next one may have been made to be
 * lost, too, and nobody is kept from asking by it: several may be asked at a time, and one that is right convicts.
 */
export function wasLostInDuel(
  { arbiters }: Pick<QuestionContext, "arbiters">,
  { arbiter }: Pick<JobTerms, "arbiter">,
  { inquiry, pending }: Pick<Extract<Standing, { status: "open" }>, "inquiry" | "pending">,
): boolean {
  if (arbiters.of(arbiter).isDuel !== true) return false;
  return inquiry.challenges > pending.filter(({ demand }) => !demand).length;
}

async function isRuled(
  { arbiters }: QuestionContext,
  { arbiter }: JobTerms,
  { dispute }: AskedQuestion,
  signal: AbortSignal,
): Promise<boolean> {
  return (await arbiters.of(arbiter).getRuling(dispute, signal)) !== Ruling.none;
}

async function byDemand(
  context: QuestionContext,
  record: AuditRecord,
  { terms, round, asked, signal }: Asked,
): Promise<Conviction> {
  const { client, head } = context;
  const { responseWindowSeconds } = await client.getParameters({ signal });
  if (head().timestamp <= asked.askedAt + responseWindowSeconds) {
    return { isDue: isSame(record, asked), did: false };
  }
  const { jobId, batch } = record;
  const { number } = asked;
  return carryOut(context, `forfeit/${jobId}/${batch}/${round}/${number}`, () =>
    reported(context, "forfeit", client.forfeit({ terms, batch, round, number, signal })),
  );
}

async function byChallenge(
  context: QuestionContext,
  record: AuditRecord,
  { terms, asked, signal }: Asked,
): Promise<Conviction> {
  const { arbiters, client, store } = context;
  const known = store.dispute(asked.dispute);
  if (known === undefined) return { isDue: isSame(record, asked), did: false };
  const { id, dispute } = known;
  const ruling = await arbiters.of(terms.arbiter).getRuling(id, signal);
  if (ruling === Ruling.none) {
    const isDue = isSame(record, asked) || (await isWrong(context, known, signal));
    return { isDue, did: false };
  }
  if (ruling !== Ruling.workerWrong && ruling !== Ruling.bothWrong) {
    return { isDue: false, did: false };
  }
  return carryOut(context, `resolve/${id}`, () =>
    reported(context, "resolve", client.resolve({ terms, dispute, signal })),
  );
}

/** Those whose question it is come first. */
async function carryOut(
  { turns }: QuestionContext,
  turn: string,
  call: () => Promise<unknown>,
): Promise<Conviction> {
  if (!turns.isOurs(turn, "none")) return { isDue: true, did: false };
  try {
    await call();
  } catch (error) {
    if (!(error instanceof ContractRevertError)) throw error;
    return { isDue: true, did: false }; // another was faster
  }
  turns.over(turn);
  return { isDue: true, did: true };
}

/** Whether this node finds that a leaf is wrong that somebody else disputes. If it cannot find out, the answer is no. */
async function isWrong(
  context: QuestionContext,
  record: DisputeRecord,
  signal: AbortSignal,
): Promise<boolean> {
  const { content, foundWrong } = context;
  if (record.dispute.ground !== Ground.wrongResult) return false;
  const before = foundWrong.get(record.id);
  if (before !== undefined) return before;
  const limited = AbortSignal.any([signal, AbortSignal.timeout(LOOK_MS)]);
  let wrong = false;
  try {
    wrong = (await rulingOn(context, record, content, limited)) !== Ruling.workerRight;
  } catch (error) {
    signal.throwIfAborted();
    const isTold = error instanceof AssayError || error instanceof NodeTroubleError;
    if (!isTold && !limited.aborted) throw error;
  }
  foundWrong.set(record.id, wrong);
  return wrong;
}
