import { batchRange, ContractRevertError } from "@assay/sdk";
import { type PipelineContext, reported } from "./context.ts";
import type { PreparedJob } from "./prepareJob.ts";
import { noteLost, reconcileBatch } from "./reconcile.ts";

export type ClaimOutcome = "claimed" | "taken" | "job closed" | "stake is short";

/** Claims a batch, unless somebody was faster. */
export async function claimBatch(
  context: PipelineContext,
  { jobId, terms }: Pick<PreparedJob, "jobId" | "terms">,
  batch: number,
  signal: AbortSignal,
): Promise<ClaimOutcome> {
  const { client, report, store } = context;
  store.moveBatch(jobId, batch, "claiming");
  try {
    const claim = client.claim({ terms, batch, signal });
    const { deadline, blockNumber: block } = await reported(context, "claim", claim);
    if (store.moveBatch(jobId, batch, "claimed", { deadline, block })) {
      report("batch claimed", { jobId, batch, tasks: batchRange(terms, batch).count });
    }
    return "claimed";
  } catch (error) {
    if (!(error instanceof ContractRevertError)) throw error;
    switch (error.code) {
      case "Marketplace_WrongStatus":
        await reconcileBatch(context, { jobId, batch }, signal);
        return store.batch(jobId, batch)?.state === "claimed" ? "claimed" : "taken";
      case "Marketplace_Cancelled":
      case "Marketplace_ClaimingClosed":
      case "Marketplace_NotPosted":
      case "Marketplace_ScoreTooLow":
        noteLost(context, { jobId, batch }, error.shortMessage);
        return "job closed";
      case "Marketplace_InsufficientStake":
        noteLost(context, { jobId, batch }, error.shortMessage);
        return "stake is short";
      default:
        noteLost(context, { jobId, batch }, error.shortMessage);
        throw error;
    }
  }
}
