import { randomBytes, randomInt } from "node:crypto";
import {
  type AuditedTask,
  audit,
  batchRange,
  Ground,
  ResultError,
  sampleTasks,
  toResultLeaf,
} from "@assay/sdk";
import { bytesToHex } from "viem";
import { TaskTimeoutError } from "../executor/errors.ts";
import type { PipelineContext } from "../pipeline/context.ts";
import type { PreparedJob } from "../pipeline/prepareJob.ts";
import type { AuditRecord } from "./auditStore.ts";
import type { AuditBudget } from "./budget.ts";

/** How long one block is looked for, in milliseconds: whoever withholds one must not keep us from the others for long. */
const FETCH_MS = 10_000;

export interface AuditContext extends PipelineContext {
  budget: AuditBudget;
}

/**
 * Runs a sample of a submission's tasks again, fetches their results, and notes what is wrong: nothing, one task, or that nobody
 * gives the manifest.
 *
 * @throws an AssayError when it cannot be done now.
 */
export async function auditBatch(
  context: AuditContext,
  record: AuditRecord,
  signal: AbortSignal,
): Promise<void> {
  const { budget, jobs, policy, report, store } = context;
  const { jobId, batch, worker } = record;
  const known = store.job(jobId);
  if (known === undefined) return;
  const job = await jobs.get(known, signal);
  const sample = sampleTasks(batchRange(job.terms, batch), policy.auditRate);
  // One task, by chance, tells what the others will cost.
  const [first = 0] = sample.splice(randomInt(sample.length), 1);
  try {
    const measured = await auditTasks(context, job, record, [first], signal);
    if (measured === undefined) return;
    const rest = affordable(sample, budget.leftMs() / measured);
    if ((await auditTasks(context, job, record, rest, signal)) === undefined) return;
    if (store.moveAudit(record, "due", "clean")) {
      report("batch audited", { jobId, batch, worker, tasks: 1 + rest.length });
    }
  } catch (error) {
    if (!(error instanceof ResultError)) throw error;
    noteManifest(context, job, record, error);
  }
}

/** As many of the tasks as there is time for, as unforeseeable as the whole. */
function affordable(tasks: readonly number[], most: number): number[] {
  const count = Math.min(tasks.length, Math.max(0, Math.floor(most)));
  if (count === 0) return [];
  const chosen = sampleTasks({ first: 0, count: tasks.length }, count / tasks.length);
  return chosen.map((index) => tasks[index] ?? 0);
}

/** @returns the milliseconds that a task took on average, or `undefined` when one is wrong, which is noted. */
async function auditTasks(
  context: AuditContext,
  { program, terms, spec }: PreparedJob,
  record: AuditRecord,
  positions: readonly number[],
  signal: AbortSignal,
): Promise<number | undefined> {
  const { budget, executor, policy } = context;
  if (positions.length === 0) return 0;
  let spentMs = 0;
  const spend = (ms: number) => {
    spentMs += ms;
    budget.spend(ms);
  };
  const audited = audit(context, {
    ...{ job: { terms, spec }, batch: record.batch, submission: record, positions, signal },
    ...{ fetchResults: true, fetchTimeoutMs: FETCH_MS, maxInputBytes: policy.maxInputBytes },
    async execute({ input }) {
      try {
        const limits = { maxResultBytes: spec.maxResultBytes, maxSteps: spec.maxSteps };
        const run = await executor.run({ program, input, ...limits, signal });
        spend(run.elapsedMs);
        return run;
      } catch (error) {
        if (error instanceof TaskTimeoutError) spend(error.limitMs);
        throw error;
      }
    },
  });
  for await (const task of audited) {
    if (task.ground === undefined) continue;
    noteTask(context, record, { ...task, ground: task.ground });
    return undefined;
  }
  return spentMs / positions.length;
}

function noteTask(
  { head, report, store }: AuditContext,
  record: AuditRecord,
  { position, ground, committed, proof }: AuditedTask & { ground: Ground },
): void {
  const { jobId, batch, worker } = record;
  const leaf = toResultLeaf(position, committed);
  if (ground === Ground.unavailable) {
    const soughtSince = head().timestamp;
    store.moveAudit(record, "due", "missing", { position, leaf, proof, soughtSince });
    return;
  }
  const salt = newSalt();
  if (store.moveAudit(record, "due", "wrong", { position, ground, leaf, proof, salt })) {
    report("wrong result found", { jobId, batch, position, worker });
  }
}

/** @throws the error, as long as the manifest may still be found. */
function noteManifest(
  { head, policy, report, store }: AuditContext,
  { terms }: PreparedJob,
  record: AuditRecord,
  error: ResultError,
): void {
  const { jobId, batch, worker } = record;
  const soughtSince = record.soughtSince ?? head().timestamp;
  const sought = head().timestamp - soughtSince;
  const enough = policy.withheldAfter * terms.challengeWindowSeconds;
  // One that is there and not under the root will not become so.
  if (error.retryable && sought < enough) {
    store.moveAudit(record, "due", "due", { soughtSince });
    throw error;
  }
  const { first, count } = batchRange(terms, batch);
  const position = first + randomInt(count);
  if (store.moveAudit(record, "due", "hidden", { position, soughtSince: undefined })) {
    report("results withheld", { jobId, batch, position, worker });
  }
}

/** What makes a challenge's commitment one that nobody can guess. */
export function newSalt() {
  return bytesToHex(randomBytes(32));
}
