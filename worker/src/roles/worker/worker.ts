import type { MarketEvent } from "@assay/sdk";
import { isAddressEqual } from "viem";
import { topUpStake } from "../../account/topUpStake.ts";
import type { NodeContext } from "../../kernel/context.ts";
import type { Part } from "../../kernel/part.ts";
import { messageOf } from "../../kernel/report.ts";
import { UNDER_WAY, WAITING } from "../../store/batchState.ts";
import { createClaiming } from "./claiming.ts";
import { createClaimTurns } from "./claimTurns.ts";
import type { WorkerContext } from "./context.ts";
import { createHandlers } from "./handlers.ts";
import { createIntake } from "./intake.ts";
import { createOpenBatches } from "./openBatches.ts";
import { createProviding } from "./providing.ts";
import { applyOwnEvent } from "./reconcile.ts";
import { withAwards } from "./reservedJobs.ts";
import { runSteps } from "./runSteps.ts";
import { ensureDue } from "./settlement.ts";
import { createSteps, jobTags, type Lane } from "./steps.ts";

/** Events after which a batch may be open again. */
const REOPENS = new Set<MarketEvent["type"]>(["batchExpired", "batchReleased", "workerSlashed"]);
/** Events that may have brought credit to the worker that they name. */
const PAYS = new Set<MarketEvent["type"]>(["batchSettled", "leafRevealed"]);
/** Jobs looked into at a time: one whose contents nobody has must not keep others waiting. */
const JOBS_AT_ONCE = 8;
/** Transactions have their turns; what waits for its confirmations keeps no other waiting. */
const CHAIN_STEPS_AT_ONCE = 4;

/**
 * The worker: discovered → fetched → tried → claimed → computed → stored → submitted → settled → withdrawn. What is to be done is in
 * the queue, and gets there together with the state that asks for it: by our own steps, and by what the chain tells.
 */
export function createWorker(
  nodeContext: NodeContext,
  own: Pick<WorkerContext, "arbiters" | "holds" | "mayClaim">,
): Part {
  const stopping = new AbortController();
  const { signal } = stopping;
  const { account, content, policy, report, store } = nodeContext;
  const { holds } = own;
  const steps = createSteps(store, (jobId) => jobTags(store, jobId, policy));
  const context: WorkerContext = { ...nodeContext, ...own, steps };

  const turns = withAwards(createClaimTurns(context), context);
  const open = createOpenBatches({ ...context, turns });
  const providing = createProviding({
    content,
    store,
    onTrouble: (results, error) => {
      report("results not provided yet", { results: String(results), error: messageOf(error) });
    },
    signal,
  });
  const claiming = createClaiming(context, { open, stopping: signal });
  const intake = createIntake(context, { open, onTried: claiming.wake });
  const handlers = createHandlers(context, { claiming, intake, providing });
  const slots: Record<Lane, number> = {
    chain: CHAIN_STEPS_AT_ONCE,
    work: policy.maxBatchesAtOnce,
    look: JOBS_AT_ONCE,
  };
  let running: { ended: Promise<unknown> } | undefined;

  /** Everything that the states ask for: what an earlier version, or another order of things, has not put into the queue. */
  function ensureAll(): void {
    for (const { jobId } of store.jobs("discovered", "fetched")) steps.followJob(jobId);
    for (const { jobId, batch } of store.batches(...UNDER_WAY)) {
      steps.follow(jobId, batch, { revive: false });
      steps.ensure({ step: "reconcile", jobId, batch });
    }
    for (const { jobId, batch } of store.batches("disputed")) {
      steps.ensure({ step: "reconcile", jobId, batch });
    }
    steps.ensure({ step: "withdraw" });
  }

  return {
    onEvents(events) {
      for (const event of events) {
        applyOwnEvent(context, event);
        if (event.type === "jobPosted") steps.followJob(event.jobId);
        if (event.type === "workerSlashed" && isAddressEqual(event.worker, account)) {
          claiming.noteSlashed();
        }
        if (REOPENS.has(event.type) && "jobId" in event) {
          open.reopened(event.jobId);
          steps.followJob(event.jobId);
        }
        if (PAYS.has(event.type) && "worker" in event && isAddressEqual(event.worker, account)) {
          steps.ensure({ step: "withdraw" });
        }
        if (event.type === "jobCancelled") holds.release(event.jobId);
        if (event.type === "jobCancelled" && store.job(event.jobId) !== undefined) {
          const reason = "the requester cancelled it";
          store.moveJob(event.jobId, "closed", { reason, endedIn: event.blockNumber });
        }
      }
      if (events.length > 0) claiming.wake();
    },
    onRollback() {
      open.reset();
      for (const { jobId } of store.jobs("discovered")) steps.followJob(jobId);
      steps.ensure({ step: "place" });
      steps.ensure({ step: "withdraw" });
    },
    onHead() {
      handlers.abandonOverdue();
      store.atomically(() => ensureDue(context));
      // A job that was all taken when it was found was not looked into.
      for (const jobId of open.overdue()) steps.followJob(jobId);
      claiming.wake();
    },
    async start() {
      await topUpStake(context, signal);
      // Addresses change with a restart: peers that look for these results, and their sources, shall find us where we are now.
      for (const { jobId, results } of store.batches(...WAITING)) {
        if (results !== undefined) void providing.provide(results);
        void providing.provideSources(jobId);
      }
      store.atomically(ensureAll);
      running = runSteps(context, handlers, { slots, signal });
      claiming.wake();
    },
    async stop() {
      stopping.abort(new Error("the node is stopping"));
      await running?.ended;
    },
  };
}
