import { Ground, type JobId, type MarketEvent, questionCommitment } from "@assay/sdk";
import { isAddressEqual, zeroAddress } from "viem";
import { isTrusted } from "../../jobs/policy.ts";
import { worthOf } from "../../jobs/worth.ts";
import type { NodeContext } from "../../kernel/context.ts";
import type { AskedAs, AuditRecord, AuditState } from "../../store/auditStore.ts";
import type { JobRecord } from "../../store/nodeStore.ts";
import { noteChallenged, noteDemanded } from "./askQuestion.ts";
import { noteForfeited } from "./awaitLeaf.ts";
import { drop, isSame, questionOf } from "./question.ts";

type Context = Pick<NodeContext, "account" | "policy" | "report" | "store">;

/** States in which a question is still to be asked. */
const TO_ASK = new Set<AuditState>(["hidden", "wrong", "prepared"]);

/** Takes over an event about a submission that this node audits. The cause may be another account, or an earlier run of this node. */
export function applyAuditEvent(context: Context, event: MarketEvent): void {
  const { account, store } = context;
  switch (event.type) {
    case "batchSubmitted": {
      const job = store.job(event.jobId);
      if (isAddressEqual(event.worker, account) || job === undefined) return;
      if (isOfInterest(context, job, event.batch)) {
        const { jobId, batch, worker, resultRoot, results, blockNumber: block } = event;
        store.addAudit({ jobId, batch, worker, resultRoot, results, block });
      }
      return;
    }
    case "batchSettled":
    case "batchRefunded":
      // The event may come before this node has asked the chain whether the batch can still be put in question.
      for (const record of store.openAudits(event.jobId, event.batch)) {
        if (!TO_ASK.has(record.state)) continue;
        const status = event.type === "batchSettled" ? "settled" : "void";
        drop(context, record, `it is ${status}`);
      }
      store.forgetAudits(event.jobId, event.batch);
      return;
    case "questionPrepared":
      if (isAddressEqual(event.asker, account)) notePrepared(context, event);
      return;
    case "leafDemanded": {
      const { bond, round, number, position } = event;
      const question = { position, ground: Ground.none };
      for (const record of sameQuestion(context, event, question)) {
        const asked = { round, number };
        if (isAddressEqual(event.asker, account)) noteDemanded(context, record, { bond, asked });
        else noteSameAsked(context, record, asked);
      }
      return;
    }
    case "batchChallenged": {
      const { challenger, round, number } = event.dispute;
      for (const record of sameQuestion(context, event, event.dispute)) {
        if (isAddressEqual(challenger, account)) noteChallenged(context, record, event.id);
        else noteSameAsked(context, record, { round, number });
      }
      return;
    }
    case "leafRevealed": {
      const { jobId, batch, number, leaf, transactionHash: shownBy } = event;
      for (const record of store.openAudits(jobId, batch)) {
        if (record.state !== "demanded" || record.asked?.number !== number) continue;
        const fields = { leaf, shownBy, asked: undefined };
        if (!store.moveAudit(record, "demanded", "shown", fields)) continue;
        const { worker } = record;
        context.report("leaf shown", { jobId, batch, position: leaf.position, worker });
      }
      return;
    }
    case "workerSlashed":
      // On another's question: what we have asked is void, and we fetch what lies behind it.
      if (!isAddressEqual(event.asker, account)) return;
      for (const record of store.openAudits(event.jobId, event.batch)) {
        if (isAddressEqual(event.worker, record.worker)) noteForfeited(context, record);
      }
      return;
    case "demandVoided":
      if (!isAddressEqual(event.asker, account)) return;
      for (const record of store.openAudits(event.jobId, event.batch)) {
        if (record.state === "demanded")
          drop(context, record, "the worker was slashed for another task");
      }
      return;
  }
}

/** Our audits of a batch whose question is this one, asked or not. */
function sameQuestion(
  { store }: Context,
  { jobId, batch }: { jobId: JobId; batch: number },
  question: Parameters<typeof isSame>[1],
): AuditRecord[] {
  return store.openAudits(jobId, batch).filter((record) => isSame(record, question));
}

/** Our preparation, if there is one, comes back for it. */
function noteSameAsked({ store }: Context, record: AuditRecord, asked: AskedAs): void {
  store.moveAudit(record, ["hidden", "wrong", "prepared"], record.state, { asked });
}

/** A question that was prepared before a restart and not noted. */
function notePrepared(
  { account: asker, store }: Context,
  { commitment, amount: bond }: Extract<MarketEvent, { type: "questionPrepared" }>,
): void {
  for (const record of store.audits("hidden", "wrong")) {
    const question = questionOf(record);
    if (questionCommitment({ asker, question }) !== commitment) continue;
    store.moveAudit(record, record.state, "prepared", { bond });
  }
}

/** Whether the policy has us look at a batch of this job at all. */
function isOfInterest({ policy }: Context, { terms, spec }: JobRecord, batch: number): boolean {
  // Nobody could be convinced, or only somebody whose word is worth nothing.
  if (terms.arbiter === zeroAddress || !isTrusted(terms.arbiter, policy)) return false;
  if (spec.memoryPages > policy.maxMemoryPages) return false;
  if (spec.maxResultBytes > policy.maxResultBytes) return false;
  const { taskCount, batchSize } = terms;
  const tasks = Math.min(batchSize, taskCount - batch * batchSize);
  const rewardWei = worthOf(policy, terms.token, terms.rewardPerTask * BigInt(tasks)) ?? 0n;
  return rewardWei >= policy.minAuditRewardWei;
}
