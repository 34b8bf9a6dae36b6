import {
  batchRange,
  ContractRevertError,
  challengeCommitment,
  Ground,
  openResultManifest,
  toResultLeaf,
} from "@assay/sdk";
import { type PipelineContext, reported } from "../pipeline/context.ts";
import type { AuditRecord } from "../store/disputeStore.ts";

/** How long the result manifest is looked for, in milliseconds. */
const FETCH_MS = 10_000;

/**
 * Takes the challenge of a wrong result one step further: prepares it, and makes it a block later.
 * @returns whether there was a step to take.
 */
export async function challengeBatch(
  context: PipelineContext,
  record: AuditRecord,
  signal: AbortSignal,
): Promise<boolean> {
  const { client, head, report, store } = context;
  const { jobId, batch } = record;
  try {
    if (record.state === "wrong") {
      await prepare(context, record, signal);
      return true;
    }
    if (record.preparedAt === undefined || head().number <= record.preparedAt) return false;
    await challenge(context, record, signal);
  } catch (error) {
    if (!(error instanceof ContractRevertError)) throw error;
    if (error.retryable) return false;
    // Somebody else was faster, the window is over, or the batch is another by now.
    const standing = await client.getBatches({ jobId, first: batch, count: 1, signal });
    report("challenge dropped", { jobId, batch, reason: standing[0]?.status ?? error.code });
  }
  store.setAudit(record, "ended");
  return true;
}

async function prepare(
  context: PipelineContext,
  record: AuditRecord,
  signal: AbortSignal,
): Promise<void> {
  const { account: challenger, client, store } = context;
  const { jobId, batch } = record;
  const { position, salt } = wrongTask(record);
  const commitment = challengeCommitment({
    ...{ challenger, jobId, batch, position, salt, ground: Ground.wrongResult },
  });
  const sent = client.prepareChallenge({ commitment, signal });
  const { blockNumber: preparedAt } = await reported(context, "prepareChallenge", sent);
  store.setAudit(record, "prepared", { preparedAt });
}

async function challenge(
  context: PipelineContext,
  record: AuditRecord,
  signal: AbortSignal,
): Promise<void> {
  const { client, content, report, store } = context;
  const { jobId, batch, resultRoot, results, worker } = record;
  const { position, salt } = wrongTask(record);
  const terms = store.job(jobId)?.terms;
  if (terms === undefined) return;
  const range = batchRange(terms, batch);
  // It was here when the task was found wrong.
  const limited = AbortSignal.any([signal, AbortSignal.timeout(FETCH_MS)]);
  const manifest = await openResultManifest(content.session(results), {
    ...{ cid: results, root: resultRoot, ...range, signal: limited },
  });
  for await (const { position: at, ...entry } of manifest.entries({ signal: limited })) {
    if (at !== position) continue;
    const sent = client.challenge({
      ...{ terms, batch, salt, signal, ground: Ground.wrongResult, expectedRoot: resultRoot },
      leaf: toResultLeaf(position, entry),
      proof: await manifest.proof(position, { signal: limited }),
    });
    const { id } = await reported(context, "challenge", sent);
    report("batch challenged", { jobId, batch, position, worker, id });
  }
}

function wrongTask({ position, salt }: AuditRecord) {
  if (position === undefined || salt === undefined) {
    throw new TypeError("a wrong task has a position and a salt");
  }
  return { position, salt };
}
