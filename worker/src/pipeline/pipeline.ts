import { AssayError, batchCount, type MarketEvent } from "@assay/sdk";
import { isAddressEqual } from "viem";
import type { Head } from "../chain/follower.ts";
import type { PipelineContext } from "./context.ts";
import { createIntake } from "./intake.ts";
import { startLane } from "./lane.ts";
import { createOpenBatches } from "./openBatches.ts";
import { createPreparedJobs } from "./preparedJobs.ts";
import { createProviding } from "./providing.ts";
import { applyOwnEvent, ownTransactionsMined } from "./reconcile.ts";
import { expireOverdue, settleDue, topUpStake, withdrawCredit } from "./settlement.ts";
import { createWork } from "./work.ts";

/** What happens to jobs and batches, driven by what the chain says. */
export interface Pipeline {
  /** Takes over all events of the blocks up to and without `nextBlock`. */
  onEvents(events: readonly MarketEvent[], nextBlock: bigint): void;
  /** A new block: time has passed. */
  onHead(head: Head): void;
  /**
   * Begins to work, once everything up to the head was taken over: waits for transactions that an earlier process sent and tops
   * up the stake first.
   *
   * @throws InsufficientBalanceError when the account cannot pay for the stake.
   */
  start(): Promise<void>;
  /** Ends what is under way, without losing anything. */
  stop(): Promise<void>;
}

/** Discovered → fetched → tried → claimed → computed → submitted → settled → withdrawn, several jobs and batches side by side. */
export function createPipeline(parts: Omit<PipelineContext, "head">): Pipeline {
  const stopping = new AbortController();
  const { signal } = stopping;
  let head: Head = { number: 0n, timestamp: 0 };
  const context: PipelineContext = { ...parts, head: () => head };
  const { account, content, policy, report, store } = context;

  const jobs = createPreparedJobs(context);
  const open = createOpenBatches(context);
  const providing = createProviding({
    content,
    onTrouble: (results, error) => {
      report("results not provided yet", { results: String(results), error: messageOf(error) });
    },
    signal,
  });
  let creditMayHaveGrown = true;
  let started: { wake(): void; ended(): Promise<unknown> } | undefined;

  const work = createWork(context, {
    jobs,
    open,
    providing,
    onRetry: () => started?.wake(),
  });

  async function settle(): Promise<boolean> {
    await expireOverdue(context, signal);
    if (await settleDue(context, signal)) creditMayHaveGrown = true;
    if (creditMayHaveGrown) await withdrawCredit(context, signal);
    creditMayHaveGrown = false;
    return false;
  }

  function lane(step: string, action: (signal: AbortSignal) => Promise<boolean>) {
    const onError = (error: unknown) => {
      const code = error instanceof AssayError ? error.code : undefined;
      report("step failed", { step, error: messageOf(error), code });
    };
    return startLane({ step: action, onError, signal });
  }

  return {
    onEvents(events, nextBlock) {
      const posted = events.filter((event) => event.type === "jobPosted");
      const records = posted.map(({ blockNumber: block, ...job }) => ({ ...job, block }));
      store.atomically(() => {
        const added = new Set(store.recordJobs(records, nextBlock));
        for (const { jobId, terms } of records) {
          if (!added.has(jobId)) continue;
          const { taskCount: tasks, rewardPerTask: rewardPerTaskWei } = terms;
          report("job discovered", { jobId, tasks, batches: batchCount(terms), rewardPerTaskWei });
        }
        for (const event of events) {
          applyOwnEvent(context, event);
          if (event.type === "batchExpired") open.reopened(event.jobId);
          if (event.type === "batchSettled" && isAddressEqual(event.worker, account)) {
            creditMayHaveGrown = true;
          }
          if (event.type === "jobCancelled" && store.job(event.jobId) !== undefined) {
            store.setJob(event.jobId, "closed", { reason: "the requester cancelled it" });
          }
        }
      });
      if (events.length > 0) started?.wake();
    },
    onHead(next) {
      head = next;
      work.abandonOverdue();
      started?.wake();
    },
    async start() {
      await ownTransactionsMined(context, signal);
      await topUpStake(context, signal);
      // Addresses change with a restart: peers that look for these results shall find us where we are now.
      for (const { results } of store.batches("submitted")) {
        if (results !== undefined) void providing.provide(results);
      }
      const lanes = [
        ...Array.from({ length: policy.maxBatchesAtOnce }, () => lane("work", work.step)),
        lane("settle", settle),
      ];
      const wake = () => {
        for (const { wake } of lanes) wake();
      };
      const intake = createIntake(context, { jobs, open, onReady: wake, signal });
      intake.look();
      started = {
        wake() {
          intake.look();
          wake();
        },
        ended: () => Promise.all([intake.ended(), ...lanes.map(({ done }) => done)]),
      };
    },
    async stop() {
      stopping.abort(new Error("the node is stopping"));
      await started?.ended();
    },
  };
}

function messageOf(error: unknown): string {
  if (error instanceof AssayError) return error.shortMessage;
  return error instanceof Error ? error.message : String(error);
}
