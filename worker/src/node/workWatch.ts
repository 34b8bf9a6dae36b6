import type { NodeEventName, NodeEvents, Report } from "../kernel/events.ts";
import type { Progress } from "../kernel/progress.ts";
import type { OwnBatchState } from "../store/batchState.ts";
import type { NodeStore } from "../store/nodeStore.ts";

/** States of batches that the node still has to submit. */
const OWED: readonly OwnBatchState[] = ["claimed", "computed", "stored"];

/** Events that bring a batch further… */
const MOVES = new Set<NodeEventName>([
  "batch claimed",
  "task computed",
  "batch submitted",
  "batch given up",
  "batch lost",
  "batch moved back",
  "transaction mined",
]);
/** …and events that show an obstacle. */
const OBSTACLES = new Set<NodeEventName>([
  "batch not worked on yet",
  "results not provided yet",
  "gas is short",
  "fee cap reached",
  "chain not followed",
  "disk is full",
  "step failed",
]);

/** Detects that claimed batches, which have to be submitted, make no progress. */
export function createWorkWatch(store: Pick<NodeStore, "batches">, progress: Progress): Report {
  return (name, fields) => {
    if (MOVES.has(name)) {
      const [first, ...others] = store.batches(...OWED);
      const more = others.length === 0 ? "" : ` and ${others.length} more`;
      const waitingFor =
        first && `batch ${first.batch} of job ${first.jobId}${more}: it is ${first.state}`;
      progress.moved("work", waitingFor);
    } else if (OBSTACLES.has(name)) {
      const { error } = fields as Partial<NodeEvents["step failed"]>;
      progress.blocked("work", error === undefined ? name : `${name}: ${error}`);
    }
  };
}
