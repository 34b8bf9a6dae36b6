import {
  batchRange,
  ContractRevertError,
  openResultManifest,
  type ResultManifest,
  toResultLeaf,
} from "@assay/sdk";
import { reported } from "../../kernel/report.ts";
import type { BatchRecord } from "../../store/nodeStore.ts";
import type { WorkerContext } from "./context.ts";
import { reconcileBatch } from "./reconcile.ts";

/** Shows every leaf of ours that is demanded, the oldest demand first: who does not show one in time is taken for wrong. */
export async function answerDemands(
  context: WorkerContext,
  { jobId, batch }: Pick<BatchRecord, "jobId" | "batch">,
  signal: AbortSignal,
): Promise<void> {
  const { client, content, head, report, store } = context;
  const record = store.batch(jobId, batch);
  const terms = store.job(jobId)?.terms;
  if (terms === undefined || record?.state !== "disputed" || record.results === undefined) return;
  const [[state], pending, { responseWindowSeconds }] = await Promise.all([
    client.getBatches({ jobId, first: batch, count: 1, signal }),
    client.getPendingQuestions({ jobId, batch, signal }),
    client.getParameters({ signal }),
  ]);
  const inTime = head().timestamp - responseWindowSeconds;
  const demands = pending.filter(({ demand, askedAt }) => demand && askedAt >= inTime);
  if (state?.status !== "questioned" || demands.length === 0) return;
  const manifest = await openResultManifest(content, {
    cid: record.results,
    root: state.resultRoot,
    worker: state.worker,
    signal,
    ...batchRange(terms, batch),
  });
  const leaves = await leavesAt(manifest, new Set(demands.map(({ position }) => position)), signal);
  let refused: ContractRevertError | undefined;
  for (const { number, position } of demands) {
    const leaf = leaves.get(position);
    if (leaf === undefined) throw new RangeError(`the batch has no task ${position}`);
    const proof = await manifest.proof(position, { signal });
    try {
      const sent = client.reveal({ terms, batch, number, leaf, proof, signal });
      await reported(context, "reveal", sent);
      report("leaf revealed", { jobId, batch, position });
    } catch (error) {
      // Somebody else has shown it, or the batch is lost on another question. The next look tells; the others are answered first.
      if (!(error instanceof ContractRevertError)) throw error;
      refused = error;
    }
  }
  await reconcileBatch(context, { jobId, batch }, signal);
  if (refused !== undefined) throw refused;
}

async function leavesAt(
  manifest: ResultManifest,
  wanted: ReadonlySet<number>,
  signal: AbortSignal,
): Promise<Map<number, ReturnType<typeof toResultLeaf>>> {
  const leaves = new Map<number, ReturnType<typeof toResultLeaf>>();
  for await (const { position, ...entry } of manifest.entries({ signal })) {
    if (wanted.has(position)) leaves.set(position, toResultLeaf(position, entry));
  }
  return leaves;
}
