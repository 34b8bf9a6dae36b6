import type { AbortOptions } from "../../concurrency/abortOptions.ts";
import { batchCount } from "../../protocol/job/batches.ts";
import { getBatches } from "../actions/read/getBatches.ts";
import { getJob } from "../actions/read/getJob.ts";
import type { PostedJob } from "../actions/read/getPostedJobs.ts";
import type { MarketContext } from "../context/marketContext.ts";
import { JobIncompleteError } from "../errors/job.ts";
import { watchBlocks } from "./blocks.ts";
import { allLost, isClaimingOver } from "./lost.ts";

/** Batches looked through at a time. */
const PAGE = 1000;

/**
 * Resolves when every batch is settled; in a cancelled job, when every batch is that was claimed and not lost. Settling is
 * anybody's business, most of all the workers'; this only watches.
 *
 * @throws {@link JobIncompleteError} when the rest cannot be claimed any more: cancel the job to take back its escrow.
 */
export async function awaitSettled(
  client: MarketContext,
  { jobId, terms }: PostedJob,
  { signal }: AbortOptions = {},
): Promise<void> {
  const count = batchCount(terms);
  // All batches have to settle, so from one look to the next it is enough to know the first that has not.
  let first = 0;
  for await (const block of watchBlocks(client, { signal })) {
    if (block.reorganised) first = 0;
    const at = { jobId, blockNumber: block.number, signal };
    const read = (size: number) => getBatches(client, { ...at, first, count: size });
    for (let settled = true; settled && first < count; ) {
      const states = await read(Math.min(PAGE, count - first));
      const unsettled = states.findIndex(({ status }) => status !== "settled");
      settled = unsettled === -1;
      first += settled ? states.length : unsettled;
    }
    if (first === count) return;

    const cancelled = (await getJob(client, at)).status === "cancelled";
    const claiming = { terms, cancelled, timestamp: block.timestamp };
    if (!isClaimingOver(claiming)) continue;
    const unsettled = (await read(count - first)).filter(({ status }) => status !== "settled");
    const lost = allLost(unsettled, claiming);
    if (lost === undefined) continue;
    if (cancelled) return;
    throw new JobIncompleteError(lost.code, { jobId, missingBatches: lost.batches, failures: [] });
  }
}
