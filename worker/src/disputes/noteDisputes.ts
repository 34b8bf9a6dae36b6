import type { MarketEvent } from "@assay/sdk";
import type { NodeStore } from "../store/nodeStore.ts";

/** Remembers the disputes of jobs that are known, and which of them are over. A juror hears of the others from its jury. */
export function noteDisputes(store: NodeStore, event: MarketEvent): void {
  if (event.type === "batchChallenged") {
    const { id, dispute, leaf, blockNumber, jobId } = event;
    const arbiter = store.job(jobId)?.terms.arbiter;
    if (arbiter !== undefined) store.addDispute({ id, dispute, leaf, arbiter }, blockNumber);
  }
  if (event.type === "challengeResolved") store.noteResolved(event.id);
}
