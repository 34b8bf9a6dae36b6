import { setTimeout as sleep } from "node:timers/promises";
import {
  batchRange,
  ContractRevertError,
  type JobTerms,
  type ResultEntry,
  writeResultManifest,
} from "@assay/sdk";
import { reported } from "../../kernel/report.ts";
import type { BatchRecord, NodeStore } from "../../store/nodeStore.ts";
import { advance } from "./advance.ts";
import type { WorkerContext } from "./context.ts";
import type { Providing } from "./providing.ts";
import { reconcileBatch } from "./reconcile.ts";

/** How long a submission waits for the DHT to hear of its results, in milliseconds. */
const PROVIDE_MS = 2_000;
/** Results read from the store at a time. */
const PAGE = 1_000;

/** Writes the manifest of a computed batch and notes its root. */
export async function writeManifest(
  context: WorkerContext,
  { jobId, batch }: Pick<BatchRecord, "jobId" | "batch">,
  terms: JobTerms,
  signal: AbortSignal,
): Promise<void> {
  const { content, store } = context;
  const range = batchRange(terms, batch);
  const { cid, root } = await writeResultManifest(content, entriesOf(store, jobId, range), {
    first: range.first,
    signal,
  });
  advance(context, { jobId, batch }, "stored", { resultRoot: root, results: cid });
}

/** A page at a time: a batch may have a hundred thousand. */
function* entriesOf(
  store: Pick<NodeStore, "results">,
  jobId: BatchRecord["jobId"],
  { first, count }: { first: number; count: number },
): Generator<ResultEntry> {
  for (let from = first; from < first + count; from += PAGE) {
    const size = Math.min(PAGE, first + count - from);
    const page = store.results(jobId, { first: from, count: size });
    if (page.length !== size) throw new RangeError(`${page.length} results instead of ${size}`);
    for (const { position: _, ...entry } of page) yield entry;
  }
}

/**
 * Commits to the results of a batch on chain. They are provided in the DHT first, so that readers of the event find them.
 * @param mayBeSent - whether an earlier try may have sent it: its end is awaited first.
 */
export async function submitBatch(
  context: WorkerContext,
  { jobId, batch }: Pick<BatchRecord, "jobId" | "batch">,
  {
    providing,
    mayBeSent,
    signal,
  }: { providing: Providing; mayBeSent: boolean; signal: AbortSignal },
): Promise<void> {
  const { client, store } = context;
  if (mayBeSent) {
    await client.endTransactions({ signal });
    await reconcileBatch(context, { jobId, batch }, signal);
  }
  const record = store.batch(jobId, batch);
  if (record?.state !== "stored") return;
  const { resultRoot, results } = record;
  if (resultRoot === undefined || results === undefined) {
    throw new TypeError(`batch ${batch} has no result root`);
  }
  // A slow DHT must not cost us the deadline: it is told in the background then.
  await Promise.race([providing.provide(results), sleep(PROVIDE_MS, undefined, { signal })]);
  try {
    const submission = client.submit({ jobId, batch, resultRoot, results, signal });
    const { blockNumber: block } = await reported(context, "submit", submission);
    advance(context, { jobId, batch }, "submitted", { block });
  } catch (error) {
    // Refused: the chain knows why. Anything else leaves open whether it was sent, which the next try finds out.
    if (!(error instanceof ContractRevertError)) throw error;
    await reconcileBatch(context, { jobId, batch }, signal);
    if (store.batch(jobId, batch)?.state === "stored") throw error;
  }
}
