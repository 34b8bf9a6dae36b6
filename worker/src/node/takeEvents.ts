import { batchCount, type MarketEvent } from "@assay/sdk";
import { noteDisputes } from "../disputes/noteDisputes.ts";
import type { Report } from "../kernel/events.ts";
import type { Part } from "../kernel/part.ts";
import type { BlockRef } from "../store/blockStore.ts";
import type { NodeStore } from "../store/nodeStore.ts";

interface Taking {
  store: NodeStore;
  report: Report;
  parts: readonly Part[];
}

/** Stores all events of the blocks before `nextBlock`, in one transaction: jobs first, since all other events refer to them. */
export function takeEvents(
  { store, report, parts }: Taking,
  events: readonly MarketEvent[],
  { nextBlock, blocks }: { nextBlock: bigint; blocks: readonly BlockRef[] },
): void {
  const posted = events.filter((event) => event.type === "jobPosted");
  const records = posted.map(({ blockNumber: block, ...job }) => ({ ...job, block }));
  const added = store.atomically(() => {
    const added = new Set(store.recordJobs(records));
    const replaced = store.noteBlocks(blocks, nextBlock);
    for (const event of events) noteDisputes(store, event);
    if (replaced !== undefined) {
      const toBlock = replaced - 1n;
      for (const part of parts) part.onRollback(toBlock);
      report("chain reorganised", {
        toBlock,
        depth: 0,
        jobs: 0,
        batches: store.batchesInDoubt().length,
      });
    }
    for (const part of parts) part.onEvents(events);
    return added;
  });
  // Not before it is written: with the disk full it may be tried many times.
  for (const { jobId, terms } of records) {
    if (!added.has(jobId)) continue;
    const { taskCount: tasks, rewardPerTask, token } = terms;
    const batches = batchCount(terms);
    report("job discovered", { jobId, tasks, batches, token, rewardPerTask });
  }
}

/** Rolls back all blocks after `toBlock`, in one transaction. */
export function takeBack({ store, report, parts }: Taking, toBlock: bigint): void {
  const depth = Number(store.nextBlock() - 1n - toBlock);
  const { jobs, batches } = store.atomically(() => {
    const undone = store.rollBack(toBlock);
    store.rollBackDisputes(toBlock);
    for (const part of parts) part.onRollback(toBlock);
    return undone;
  });
  report("chain reorganised", { toBlock, depth, jobs, batches });
}
