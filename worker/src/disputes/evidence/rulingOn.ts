import { type BlockReader, isResultOf, Ruling } from "@assay/sdk";
import type { NodeContext } from "../../kernel/context.ts";
import type { DisputeRecord } from "../../store/disputeStore.ts";
import { entryOfLeaf } from "./leafEntry.ts";
import { leafOf, recompute } from "./recompute.ts";

/**
 * Who is right about a result, by running its task again: its worker, its challenger with the answer that it gave, or neither.
 * @param reader - finds the worker's results: one that is named by another hash than blake3 has to be fetched to be compared.
 *
 * @throws an AssayError when something is not to be had, NodeTroubleError when this machine could not do it now.
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
  // What is no result at all is wrong whatever the task gives.
  if (entry !== undefined && (await isResultOf(reader, entry, execution, { signal }))) {
    return Ruling.workerRight;
  }
  const right = await leafOf(position, execution);
  return right === answer ? Ruling.workerWrong : Ruling.bothWrong;
}
