import { batchCount, type MarketEvent } from "@assay/sdk";
import { noteDisputes } from "../disputes/noteDisputes.ts";
import type { NodeStore } from "../store/nodeStore.ts";
import type { Report } from "./events.ts";
import type { Part } from "./part.ts";

/** Takes over all events of the blocks up to and without `nextBlock`, in one transaction: jobs first, since all else is about them. */
export function takeEvents(
  { store, report, parts }: { store: NodeStore; report: Report; parts: readonly Part[] },
  events: readonly MarketEvent[],
  nextBlock: bigint,
): void {
  const posted = events.filter((event) => event.type === "jobPosted");
  const records = posted.map(({ blockNumber: block, ...job }) => ({ ...job, block }));
  store.atomically(() => {
    const added = new Set(store.recordJobs(records, nextBlock));
    for (const { jobId, terms } of records) {
      if (!added.has(jobId)) continue;
      const { taskCount: tasks, rewardPerTask: rewardPerTaskWei } = terms;
      report("job discovered", { jobId, tasks, batches: batchCount(terms), rewardPerTaskWei });
    }
    for (const event of events) noteDisputes(store, event);
    for (const part of parts) part.onEvents(events);
  });
}
