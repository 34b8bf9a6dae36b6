import {
  batchRange,
  ContentNotFoundError,
  Ground,
  isResultOf,
  Outcome,
  type ResultEntry,
  randomSalt,
} from "@assay/sdk";
import { isAvailable, resultReader } from "../../disputes/evidence/fetchResult.ts";
import { entryOfLeaf } from "../../disputes/evidence/leafEntry.ts";
import { leafOf, recompute } from "../../disputes/evidence/recompute.ts";
import type { NodeContext } from "../../kernel/context.ts";
import type { AuditFields, AuditRecord } from "../../store/auditStore.ts";
import type { AuditContext } from "./auditBatch.ts";
import { findShownProof } from "./shownProof.ts";

/** How long a result is looked for at a time, in milliseconds. */
const SEEK_MS = 15_000;
const BLAKE3_CODE = 0x1e;

/** Checks the one task whose leaf was shown on demand: all that is known of a batch whose manifest nobody gives. */
export async function checkShown(
  context: AuditContext,
  record: AuditRecord,
  signal: AbortSignal,
): Promise<void> {
  const { client, head, report, store } = context;
  const { jobId, batch, worker, resultRoot, leaf, shownBy } = record;
  const terms = store.job(jobId)?.terms;
  if (terms === undefined || leaf === undefined || shownBy === undefined) return;
  const { position } = leaf;
  const shown = { leaf, resultRoot, worker, ...batchRange(terms, batch) };
  const proof = await findShownProof(client, shownBy, shown, signal);
  if (proof === undefined) {
    store.moveAudit(record, "shown", "ended");
    report("batch not audited", { jobId, batch, reason: "the leaf was shown without its proof" });
    return;
  }
  const entry = entryOfLeaf(leaf);
  const found = await groundOf(context, { ...record, position }, entry, signal);
  if (found.ground === Ground.wrongResult) {
    const fields = { ...found, position, proof, salt: randomSalt() };
    if (store.moveAudit(record, "shown", "wrong", fields)) {
      report("wrong result found", { jobId, batch, position, worker });
    }
  } else if (found.ground === Ground.unavailable) {
    store.moveAudit(record, "shown", "missing", { proof, soughtSince: head().timestamp });
  } else if (store.moveAudit(record, "shown", "clean")) {
    report("batch audited", { jobId, batch, worker, tasks: 1 });
  }
}

/** The ground on which a worker's leaf of one task is wrong, and the right answer; empty if it is right. */
async function groundOf(
  context: AuditContext,
  { jobId, results, position = 0 }: Pick<AuditRecord, "jobId" | "results" | "position">,
  entry: ResultEntry | undefined,
  signal: AbortSignal,
): Promise<Pick<AuditFields, "ground" | "answer">> {
  const reader = resultReader(context.content, results);
  const isThere = async () =>
    entry === undefined ||
    isAvailable(reader, entry, AbortSignal.any([signal, AbortSignal.timeout(SEEK_MS)]));
  // Under blake3 a right result has one name, so a wrong one is told without it; what cannot be told has to be fetched first.
  const named =
    entry === undefined || entry.outcome !== Outcome.ok || entry.cid.multihash.code === BLAKE3_CODE;
  if (!named && !(await isThere())) return { ground: Ground.unavailable };
  const { budget, executor } = context;
  const spend = budget.setAside(executor.taskLimitMs);
  let tookMs = 0;
  const onRun = (ms: number) => {
    tookMs = ms;
  };
  const execution = await recompute(context, { jobId, position }, { onRun, signal }).finally(() =>
    spend(tookMs),
  );
  // A leaf that is no result at all is wrong in any case.
  if (entry === undefined || !(await isResultOf(reader, entry, execution, { signal }))) {
    return { ground: Ground.wrongResult, answer: await leafOf(position, execution) };
  }
  return named && !(await isThere()) ? { ground: Ground.unavailable } : {};
}

/**
 * Looks again for the one result that was not available. If it is found, the rest of the batch is audited. If it is not found for long,
 * it counts as withheld.
 *
 * @throws {@link ContentNotFoundError} while it may still be found.
 */
export async function seekResult(
  { content, head, policy, report, store }: NodeContext,
  record: AuditRecord,
  signal: AbortSignal,
): Promise<void> {
  const { jobId, batch, worker, results, leaf, soughtSince = head().timestamp } = record;
  const terms = store.job(jobId)?.terms;
  const entry = leaf === undefined ? undefined : entryOfLeaf(leaf);
  if (terms === undefined || leaf === undefined || entry?.outcome !== Outcome.ok) return;
  const limited = AbortSignal.any([signal, AbortSignal.timeout(SEEK_MS)]);
  const found = await isAvailable(resultReader(content, results), entry, limited);
  signal.throwIfAborted();
  if (found) {
    // One leaf of a hidden manifest is all that we pay for.
    const next = record.shownBy === undefined ? "due" : "clean";
    store.moveAudit(record, "missing", next, { soughtSince: undefined });
    return;
  }
  if (head().timestamp - soughtSince < policy.withheldAfter * terms.challengeWindowSeconds) {
    throw new ContentNotFoundError(entry.cid);
  }
  const { position } = leaf;
  const fields = { position, ground: Ground.unavailable, salt: randomSalt() };
  if (store.moveAudit(record, "missing", "wrong", fields)) {
    report("result withheld", { jobId, batch, position, worker });
  }
}
