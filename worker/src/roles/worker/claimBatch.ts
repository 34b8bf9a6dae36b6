import { ContractRevertError, type JobTerms } from "@assay/sdk";
import type { PreparedJob } from "../../jobs/prepareJob.ts";
import { reported } from "../../kernel/report.ts";
import { advance } from "./advance.ts";
import type { WorkerContext } from "./context.ts";
import { reconcileBatch } from "./reconcile.ts";
import { isReserved } from "./reservedJobs.ts";

export type ClaimOutcome = "claimed" | "taken" | "job closed" | "stake is short";

/**
 * Claims a batch, unless somebody was faster.
 *
 * @throws whatever leaves open whether the claim was made; the chain will tell.
 */
export async function claimBatch(
  context: WorkerContext,
  { jobId, terms }: Pick<PreparedJob, "jobId" | "terms">,
  batch: number,
  signal: AbortSignal,
): Promise<ClaimOutcome> {
  const { report, store } = context;
  try {
    const claim = sendClaim(context, terms, batch, signal);
    const { deadline, blockNumber: block } = await reported(context, "claim", claim);
    advance(context, { jobId, batch }, "claimed", { deadline, block });
    return "claimed";
  } catch (error) {
    if (!(error instanceof ContractRevertError)) throw error;
    switch (error.code) {
      case "Marketplace_WrongStatus":
        await reconcileBatch(context, { jobId, batch }, signal);
        if (store.batch(jobId, batch)?.state === "claimed") return "claimed";
        report("batch taken", { jobId, batch });
        return "taken";
      case "Offers_NotYourTurn":
        report("batch taken", { jobId, batch });
        return "taken";
      case "Marketplace_Cancelled":
      case "Marketplace_ClaimingClosed":
      case "Marketplace_NotPosted":
      case "Marketplace_ScoreTooLow":
        return "job closed";
      case "Marketplace_InsufficientStake":
        return "stake is short";
      default:
        throw error;
    }
  }
}

/** @throws TypeError for a job that is reserved by an offer which this node does not know. */
function sendClaim(
  { client, offers, store }: WorkerContext,
  terms: JobTerms,
  batch: number,
  signal: AbortSignal,
) {
  if (!isReserved(terms)) return client.claim({ terms, batch, signal });
  const known = store.offerOf(terms);
  if (offers === undefined || known === undefined) throw new TypeError("its offer is not known");
  return offers.claimAwarded({ known, terms, batch, signal });
}
