import { ContractRevertError, Ruling } from "@assay/sdk";
import { isAddressEqual } from "viem";
import { type PipelineContext, reported } from "../pipeline/context.ts";

/**
 * Has the rulings carried out in disputes that the account is a party to: one that is right gets its money, and a batch that is
 * acquitted goes on.
 * @returns whether any was.
 */
export async function resolveDisputes(
  context: PipelineContext,
  signal: AbortSignal,
): Promise<boolean> {
  const { account, client, report, store } = context;
  const isParty = ({ challenger, worker }: { challenger: string; worker: string }) =>
    [challenger, worker].some((party) => isAddressEqual(party as typeof account, account));
  let resolvedAny = false;
  for (const { id, dispute } of store.disputes("resolution")) {
    const terms = store.job(dispute.job)?.terms;
    if (terms === undefined || !isParty(dispute)) continue;
    const { disputeTimeoutSeconds } = await client.getParameters({ signal });
    const silentFor = context.head().timestamp - dispute.openedAt;
    const ruled = await client.getRuling({ arbiter: terms.arbiter, id, signal });
    if (ruled === Ruling.none && silentFor <= disputeTimeoutSeconds) continue;
    try {
      const sent = client.resolve({ terms, dispute, signal });
      const { ruling } = await reported(context, "resolve", sent);
      report("dispute resolved", { jobId: dispute.job, batch: dispute.batch, id, ruling });
      resolvedAny = true;
    } catch (error) {
      // The other party was faster, or the chain's next block is not as far as ours.
      if (!(error instanceof ContractRevertError)) throw error;
      if (!error.retryable) store.noteResolved(id);
      continue;
    }
    store.noteResolved(id);
  }
  return resolvedAny;
}
