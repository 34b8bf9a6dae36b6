import {
  batchRange,
  ContractRevertError,
  decodeDemand,
  openResultManifest,
  type ResultManifest,
  toResultLeaf,
} from "@assay/sdk";
import type { BatchRecord } from "../store/nodeStore.ts";
import { type PipelineContext, reported } from "./context.ts";
import { reconcileBatch } from "./reconcile.ts";

/** Shows the leaf of ours that somebody demands: who does not, is taken for wrong. */
export async function answerDemand(
  context: PipelineContext,
  { jobId, batch }: Pick<BatchRecord, "jobId" | "batch">,
  signal: AbortSignal,
): Promise<void> {
  const { client, content, report, store } = context;
  const record = store.batch(jobId, batch);
  const terms = store.job(jobId)?.terms;
  const [state] = await client.getBatches({ jobId, first: batch, count: 1, signal });
  if (terms === undefined || record?.results === undefined || state?.status !== "demanded") return;
  const { position } = decodeDemand(state.question);
  const manifest = await openResultManifest(content, {
    ...{ cid: record.results, root: state.resultRoot, signal },
    ...batchRange(terms, batch),
  });
  const leaf = await leafAt(manifest, position, signal);
  const proof = await manifest.proof(position, { signal });
  try {
    await reported(context, "reveal", client.reveal({ terms, batch, leaf, proof, signal }));
    report("leaf revealed", { jobId, batch, position });
  } catch (error) {
    // Somebody else has shown it, a challenge took the demand's place, or it is too late.
    if (!(error instanceof ContractRevertError)) throw error;
    await reconcileBatch(context, { jobId, batch }, signal);
  }
}

async function leafAt(manifest: ResultManifest, wanted: number, signal: AbortSignal) {
  for await (const { position, ...entry } of manifest.entries({ signal })) {
    if (position === wanted) return toResultLeaf(position, entry);
  }
  throw new RangeError(`the batch has no task ${wanted}`);
}
