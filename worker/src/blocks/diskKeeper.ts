import type { Report } from "../kernel/events.ts";
import { messageOf } from "../kernel/report.ts";
import { UNDER_WAY, WAITING } from "../store/batchState.ts";
import type { NodeStore } from "../store/nodeStore.ts";
import type { DiskUsage, KeptBlocks } from "./keptBlocks.ts";

/** How often the disk is looked at, in milliseconds. */
const LOOK_MS = 30_000;

export interface DiskKeeper {
  /** Whether nothing new should begin because there is no room. */
  isFull(): boolean;
  /** Checks the disk now: deletes blocks that are not needed, and reports a change. */
  look(): Promise<DiskUsage>;
  stop(): Promise<void>;
}

const DAY_MS = 24 * 60 * 60_000;

/**
 * Keeps the blocks within their quota and watches the file system. Blocks that unsettled batches need stay.
 * @param retentionMs - time for which the blocks of a job stay after its end.
 */
export async function keepDisk(
  kept: KeptBlocks,
  store: Pick<NodeStore, "batches">,
  { retentionMs = DAY_MS, report }: { retentionMs: number | undefined; report: Report },
): Promise<DiskKeeper> {
  const jobsInProgress = () =>
    new Set(store.batches(...UNDER_WAY, ...WAITING).map(({ jobId }) => jobId));
  let wasFull = false;
  let underWay: Promise<DiskUsage> | undefined;

  async function look(): Promise<DiskUsage> {
    kept.release(jobsInProgress(), retentionMs);
    const evicted = await kept.trim();
    if (evicted.blocks > 0) report("blocks evicted", evicted);
    const usage = await kept.usage();
    const { isFull, usedBytes, quotaBytes, freeBytes } = usage;
    if (isFull && !wasFull) report("disk is full", { usedBytes, quotaBytes, freeBytes });
    if (!isFull && wasFull) report("disk has room again", { usedBytes, quotaBytes, freeBytes });
    wasFull = isFull;
    return usage;
  }

  function lookOnce(): Promise<DiskUsage> {
    underWay ??= look().finally(() => {
      underWay = undefined;
    });
    return underWay;
  }

  const timer = setInterval(() => {
    lookOnce().catch((error) => {
      report("step failed", { step: "disk", error: messageOf(error), code: undefined });
    });
  }, LOOK_MS);
  timer.unref();
  await lookOnce();
  return {
    isFull: () => wasFull || kept.isShort,
    look: lookOnce,
    async stop() {
      clearInterval(timer);
      await underWay?.catch(() => {});
    },
  };
}
