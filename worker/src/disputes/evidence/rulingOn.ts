import { type BlockReader, isResultOf, Ruling } from "@assay/sdk";
import type { NodeContext } from "../../kernel/context.ts";
import type { DisputeRecord } from "../../store/disputeStore.ts";
import { entryOfLeaf } from "./leafEntry.ts";
import { leafOf, recompute } from "./recompute.ts";

/**
 * Runs a task again to find out who is right about its result: the worker, the challenger with its answer, or neither.
 * @param reader - reads the worker's results. A result whose CID has another hash than blake3 has to be fetched to compare it.
 *
 * @throws an AssayError if a content is not available, NodeTroubleError if this machine could not run the task now.
 */
export async function rulingOn(
  context: NodeContext,
  { dispute, leaf }: Pick<DisputeRecord, "dispute" | "leaf">,
  reader: BlockReader,
  signal: AbortSignal,
): Promise<Ruling> {
  const { job: jobId, position, answer } = dispute;
  const execution = await recompute(context, { jobId, position }, { signal });
  const entry = entryOfLeaf(leaf);
  // A leaf that is no result at all is wrong in any case.
  if (entry !== undefined && (await isResultOf(reader, entry, execution, { signal }))) {
    return Ruling.workerRight;
  }
  const right = await leafOf(position, execution);
  return right === answer ? Ruling.workerWrong : Ruling.bothWrong;
}
