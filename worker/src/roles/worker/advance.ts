import { batchRange, type JobId } from "@assay/sdk";
import { zeroAddress } from "viem";
import type { Refusal } from "../../jobs/refusal.ts";
import { worthOf } from "../../jobs/worth.ts";
import type { BatchEvent } from "../../store/batchState.ts";
import type { BatchFields, BatchRecord, JobFields } from "../../store/nodeStore.ts";
import type { WorkerContext } from "./context.ts";

type Parts = Pick<WorkerContext, "policy" | "report" | "steps" | "store">;
type OfBatch = Pick<BatchRecord, "jobId" | "batch">;

/**
 * Takes over what happened to a batch, together with the step that it asks for next, and tells of it. News come from our own steps
 * and from the chain, in either order: what is known already changes nothing.
 * @returns whether it was new.
 */
export function advance(
  context: Parts,
  { jobId, batch }: OfBatch,
  event: BatchEvent,
  fields: BatchFields = {},
): boolean {
  const { steps, store } = context;
  const isNew = store.atomically(() => {
    if (!store.moveBatch(jobId, batch, event, fields)) return false;
    if (event === "settled") forgetResults(context, { jobId, batch });
    steps.follow(jobId, batch);
    return true;
  });
  if (isNew) tell(context, { jobId, batch }, event, fields);
  return isNew;
}

/** Nobody asks for them again. */
function forgetResults({ store }: Parts, { jobId, batch }: OfBatch): void {
  const terms = store.job(jobId)?.terms;
  if (terms !== undefined) store.forgetResults(jobId, batchRange(terms, batch));
}

function tell(
  { policy, report, store }: Parts,
  { jobId, batch }: OfBatch,
  event: BatchEvent,
  { reason = "" }: BatchFields,
): void {
  const terms = store.job(jobId)?.terms;
  const tasks = terms === undefined ? 0 : batchRange(terms, batch).count;
  switch (event) {
    case "claimed":
      report("batch claimed", { jobId, batch, tasks });
      return;
    case "submitted":
      report("batch submitted", {
        jobId,
        batch,
        resultRoot: store.batch(jobId, batch)?.resultRoot ?? "0x",
      });
      return;
    case "settled": {
      const { token = zeroAddress, rewardPerTask = 0n } = terms ?? {};
      const reward = rewardPerTask * BigInt(tasks);
      const rewardWei = worthOf(policy, token, reward) ?? 0n;
      report("batch settled", { jobId, batch, token, reward, rewardWei });
      return;
    }
    case "released":
    case "expired":
    case "failed":
      report("batch lost", { jobId, batch, reason });
      return;
  }
}

/** Leaves a job alone from now on; what is claimed of it is finished. */
export function refuseJob(
  { report, store }: Pick<Parts, "report" | "store">,
  jobId: JobId,
  { code, reason }: Refusal,
  trial: Pick<JobFields, "taskMs" | "taskFuel"> = {},
): void {
  if (store.moveJob(jobId, "refused", { reason, ...trial }))
    report("job refused", { jobId, code, reason });
}
