import type { MarketEvent } from "@assay/sdk";
import type { NodeStore } from "../store/nodeStore.ts";

/** Remembers the disputes of jobs that are known, and which of them are over. */
export function noteDisputes(store: NodeStore, event: MarketEvent): void {
  if (event.type === "batchChallenged" && store.job(event.jobId) !== undefined) {
    const { id, dispute, leaf, blockNumber } = event;
    store.addDispute({ id, dispute, leaf }, blockNumber);
  }
  if (event.type === "challengeResolved") store.noteResolved(event.id);
}
