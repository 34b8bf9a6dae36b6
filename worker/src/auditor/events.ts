import type { MarketEvent } from "@assay/sdk";
import { isAddressEqual, zeroAddress } from "viem";
import type { PipelineContext } from "../pipeline/context.ts";
import { isTrusted } from "../pipeline/policy.ts";
import type { JobRecord } from "../store/nodeStore.ts";
import { commitmentOf, noteChallenged } from "./challengeBatch.ts";
import { noteDemanded, noteForfeited } from "./demandLeaf.ts";

type Context = Pick<PipelineContext, "account" | "policy" | "report" | "store">;

/** Takes over what an event tells of submissions that we look at, whoever caused it and whether or not we remember. */
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
      store.forgetAudits(event.jobId, event.batch);
      return;
    case "leafDemanded":
      if (!isAddressEqual(event.challenger, account)) return;
      for (const record of store.openAudits(event.jobId, event.batch)) {
        if (record.position === event.position) noteDemanded(context, record, event.bond);
      }
      return;
    case "leafRevealed": {
      const { jobId, batch, leaf, transactionHash: shownBy } = event;
      for (const record of store.openAudits(jobId, batch)) {
        if (record.position !== leaf.position) continue;
        if (!store.moveAudit(record, "demanded", "shown", { leaf, shownBy })) continue;
        const { worker } = record;
        context.report("leaf shown", { jobId, batch, position: leaf.position, worker });
      }
      return;
    }
    case "demandSuperseded":
      for (const record of store.openAudits(event.jobId, event.batch)) {
        store.moveAudit(record, "demanded", "hidden", { bond: undefined });
      }
      return;
    case "challengePrepared":
      if (isAddressEqual(event.account, account)) notePrepared(context, event);
      return;
    case "batchChallenged":
      if (!isAddressEqual(event.dispute.challenger, account)) return;
      for (const record of store.openAudits(event.jobId, event.batch)) {
        noteChallenged(context, record, event.id);
      }
      return;
    case "workerSlashed":
      for (const record of store.openAudits(event.jobId, event.batch)) {
        // Without a demand of ours it was another's challenge, which the next look at the chain tells.
        if (record.state === "demanded" && isAddressEqual(event.worker, record.worker)) {
          noteForfeited(context, record);
        }
      }
      return;
  }
}

/** A challenge that was prepared before a restart and not noted. */
function notePrepared(
  context: Context,
  { commitment, blockNumber: preparedAt }: Extract<MarketEvent, { type: "challengePrepared" }>,
): void {
  const { store } = context;
  for (const record of store.audits("wrong")) {
    if (commitmentOf(context, record) !== commitment) continue;
    store.moveAudit(record, "wrong", "prepared", { preparedAt });
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
  const rewardWei = terms.token === zeroAddress ? terms.rewardPerTask * BigInt(tasks) : 0n;
  return rewardWei >= policy.minAuditRewardWei;
}
