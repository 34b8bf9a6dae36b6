import { setTimeout as sleep } from "node:timers/promises";
import {
  batchRange,
  ContractRevertError,
  type JobTerms,
  type ResultEntry,
  writeResultManifest,
} from "@assay/sdk";
import type { BatchRecord } from "../store/nodeStore.ts";
import { type PipelineContext, reported } from "./context.ts";
import type { Providing } from "./providing.ts";
import { reconcileBatch } from "./reconcile.ts";

/** How long a submission waits for the DHT to hear of its results, in milliseconds. */
const PROVIDE_MS = 2_000;

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

/** Commits to the results of a computed batch on chain. Whoever reads the event shall find them: the DHT is told before. */
export async function submitBatch(
  context: PipelineContext,
  { jobId, batch, resultRoot, results }: BatchRecord,
  { providing, signal }: { providing: Providing; signal: AbortSignal },
): Promise<void> {
  const { client, store, report } = context;
  if (resultRoot === undefined || results === undefined) {
    throw new TypeError(`batch ${batch} has no result root`);
  }
  // A slow DHT must not cost us the deadline: it is told in the background then.
  await Promise.race([providing.provide(results), sleep(PROVIDE_MS, undefined, { signal })]);

  store.moveBatch(jobId, batch, "submitting");
  let block: bigint;
  try {
    const submission = client.submit({ jobId, batch, resultRoot, results, signal });
    ({ blockNumber: block } = await reported(context, "submit", submission));
  } catch (error) {
    // Refused: the chain knows why. Anything else leaves open whether it was sent, which the next try finds out.
    if (!(error instanceof ContractRevertError)) throw error;
    await reconcileBatch(context, { jobId, batch }, signal);
    if (store.batch(jobId, batch)?.state === "submitting") throw error;
    return;
  }
  if (store.moveBatch(jobId, batch, "submitted", { block })) {
    report("batch submitted", { jobId, batch, resultRoot });
  }
}
