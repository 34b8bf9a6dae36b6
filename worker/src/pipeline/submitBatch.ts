import {
  batchRange,
  ContractRevertError,
  type JobTerms,
  type ResultEntry,
  writeResultManifest,
} from "@assay/sdk";
import type { CID } from "multiformats/cid";
import type { BatchRecord } from "../store/nodeStore.ts";
import { type PipelineContext, reported } from "./context.ts";
import { reconcileBatch } from "./reconcile.ts";

/** How long the DHT may take to hear of the results before they are submitted anyway, in milliseconds. */
const PROVIDE_MS = 10_000;

/** Writes the manifest of a computed batch and notes its root. */
export async function writeManifest(
  { content, store }: Pick<PipelineContext, "content" | "store">,
  { jobId, batch }: BatchRecord,
  terms: JobTerms,
  signal: AbortSignal,
): Promise<void> {
  const range = batchRange(terms, batch);
  const results = store.results(jobId, range);
  if (results.length !== range.count) {
    throw new RangeError(`batch ${batch} has ${results.length} results of ${range.count}`);
  }
  const entries = results.map(({ position: _, ...entry }): ResultEntry => entry);
  const { cid, root } = await writeResultManifest(content, entries, { first: range.first, signal });
  store.moveBatch(jobId, batch, "computed", { resultRoot: root, results: cid });
}

/**
 * Commits to the results of a computed batch on chain. Whoever reads the event finds them: the DHT is told before.
 * @param onUnprovided - called when the DHT could not be told in time, so that it is told later.
 */
export async function submitBatch(
  context: PipelineContext,
  { jobId, batch, resultRoot, results }: BatchRecord,
  { onUnprovided, signal }: { onUnprovided: (results: CID) => void; signal: AbortSignal },
): Promise<void> {
  const { client, content, store, report } = context;
  if (resultRoot === undefined || results === undefined) {
    throw new TypeError(`batch ${batch} has no result root`);
  }
  try {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(PROVIDE_MS)]);
    await content.provide(results, { signal: limited });
  } catch (error) {
    signal.throwIfAborted();
    report("results not provided yet", { jobId, batch, error: (error as Error).message });
    onUnprovided(results);
  }

  store.moveBatch(jobId, batch, "submitting");
  try {
    await reported(context, "submit", client.submit({ jobId, batch, resultRoot, results, signal }));
  } catch (error) {
    // Refused: the chain knows why. Anything else leaves open whether it was sent, which the next try finds out.
    if (!(error instanceof ContractRevertError)) throw error;
    await reconcileBatch(context, { jobId, batch }, signal);
    if (store.batch(jobId, batch)?.state === "submitting") throw error;
    return;
  }
  if (store.moveBatch(jobId, batch, "submitted")) {
    report("batch submitted", { jobId, batch, resultRoot });
  }
}
