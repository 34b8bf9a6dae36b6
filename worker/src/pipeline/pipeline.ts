import type { MarketEvent } from "@assay/sdk";
import { isAddressEqual } from "viem";
import { messageOf, type Part, startReportedLane } from "../node/part.ts";
import { answerDemands } from "./answerDemands.ts";
import type { PipelineContext } from "./context.ts";
import { createIntake } from "./intake.ts";
import { createOpenBatches } from "./openBatches.ts";
import { createProviding } from "./providing.ts";
import { applyOwnEvent, reconcileDoubtful } from "./reconcile.ts";
import { expireOverdue, settleDue, topUpStake, withdrawCredit } from "./settlement.ts";
import { createWork } from "./work.ts";

/** Events after which a batch may be open again. */
const REOPENS = new Set<MarketEvent["type"]>(["batchExpired", "batchReleased", "workerSlashed"]);
/** Events that may have brought credit to the worker that they name. */
const PAYS = new Set<MarketEvent["type"]>(["batchSettled", "leafRevealed"]);

/** Discovered → fetched → tried → claimed → computed → submitted → settled → withdrawn, several jobs and batches side by side. */
export function createPipeline(context: PipelineContext): Part {
  const stopping = new AbortController();
  const { signal } = stopping;
  const { account, content, jobs, policy, report, store } = context;

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
    await reconcileDoubtful(context, signal);
    await expireOverdue(context, signal);
    await answerDemands(context, signal);
    if (await settleDue(context, signal)) creditMayHaveGrown = true;
    if (creditMayHaveGrown) await withdrawCredit(context, signal);
    creditMayHaveGrown = false;
    return false;
  }

  const lane = (name: string, step: (signal: AbortSignal) => Promise<boolean>) =>
    startReportedLane(report, name, step, signal);

  return {
    onEvents(events) {
      for (const event of events) {
        applyOwnEvent(context, event);
        if (REOPENS.has(event.type) && "jobId" in event) open.reopened(event.jobId);
        if (PAYS.has(event.type) && "worker" in event && isAddressEqual(event.worker, account)) {
          creditMayHaveGrown = true;
        }
        if (event.type === "jobCancelled" && store.job(event.jobId) !== undefined) {
          const reason = "the requester cancelled it";
          store.setJob(event.jobId, "closed", { reason, endedIn: event.blockNumber });
        }
      }
      if (events.length > 0) started?.wake();
    },
    onRollback() {
      open.reset();
      creditMayHaveGrown = true;
      started?.wake();
    },
    onHead() {
      work.abandonOverdue();
      started?.wake();
    },
    async start() {
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
