import { randomInt } from "node:crypto";
import { TaskTimeoutError } from "@assay/runners";
import {
  type AuditedTask,
  audit,
  batchRange,
  Ground,
  ResultError,
  randomSalt,
  resultLeaf,
  type Submission,
  sampleTasks,
  toResultLeaf,
} from "@assay/sdk";
import { bytesToHex } from "viem";
import type { PreparedJob } from "../../jobs/prepareJob.ts";
import type { NodeContext } from "../../kernel/context.ts";
import type { AuditRecord } from "../../store/auditStore.ts";
import type { AuditBudget } from "./budget.ts";
import { AuditBudgetError } from "./errors.ts";

/** Time limit for one block, in milliseconds. A withheld block must not delay the others for long. */
const FETCH_MS = 10_000;

export interface AuditContext extends NodeContext {
  budget: AuditBudget;
}

/**
 * Runs a sample of a submission's tasks again, fetches their results, and notes the finding: nothing wrong, one wrong task, or a manifest
 * that nobody provides.
 *
 * @throws an AssayError if it cannot be done now.
 */
export async function auditBatch(
  context: AuditContext,
  record: AuditRecord,
  signal: AbortSignal,
): Promise<void> {
  const { budget, jobs, policy, report, store } = context;
  const { jobId, batch, worker, results } = record;
  const known = store.job(jobId);
  if (known === undefined) return;
  if (results === undefined) return noteHidden(context, known, record); // there is nothing to look for
  const submission = { ...record, results };
  const job = await jobs.get(known, signal);
  const sample = sampleTasks(batchRange(job.terms, batch), policy.auditRate);
  // One task, by chance, tells what the others will cost.
  const [first = 0] = sample.splice(randomInt(sample.length), 1);
  try {
    const measured = await auditTasks(context, job, submission, [first], signal);
    if (measured === undefined) return;
    const affordable = some(sample, budget.leftMs() / measured.meanMs);
    const rest = await auditTasks(context, job, submission, affordable, signal).catch(ifNoBudget);
    if (rest === undefined) return;
    if (store.moveAudit(record, "due", "clean")) {
      report("batch audited", { jobId, batch, worker, tasks: 1 + rest.tasks });
    }
  } catch (error) {
    if (!(error instanceof ResultError)) throw error;
    noteManifest(context, job, record, error);
  }
}

/** If there is no time for more than the first task, that one is the audit. */
function ifNoBudget(error: unknown): { tasks: number } {
  if (error instanceof AuditBudgetError) return { tasks: 0 };
  throw error;
}

/** At most so many of the tasks, as unforeseeable as the whole. */
function some(tasks: readonly number[], most: number): number[] {
  const count = Math.min(tasks.length, Math.max(0, Math.floor(most)));
  if (count === 0) return [];
  const chosen = sampleTasks({ first: 0, count: tasks.length }, count / tasks.length);
  return chosen.map((index) => tasks[index] ?? 0);
}

/**
 * Runs tasks until the budget ends.
 * @returns how many, and the milliseconds that one took on average; `undefined` when one is wrong, which is noted.
 *
 * @throws AuditBudgetError when there is nothing left for the first one.
 */
async function auditTasks(
  context: AuditContext,
  { program, terms, spec }: PreparedJob,
  record: AuditRecord & Pick<Submission, "results">,
  positions: readonly number[],
  signal: AbortSignal,
): Promise<{ tasks: number; meanMs: number } | undefined> {
  const { budget, executor, policy } = context;
  let tasks = 0;
  let spentMs = 0;
  if (positions.length === 0) return { tasks, meanMs: 0 };
  const audited = audit(context, {
    job: { terms, spec },
    batch: record.batch,
    submission: record,
    positions,
    signal,
    fetchResults: true,
    fetchTimeoutMs: FETCH_MS,
    maxInputBytes: policy.maxInputBytes,
    async execute({ input }) {
      const spend = budget.setAside(executor.taskLimitMs);
      let tookMs = 0;
      try {
        const limits = { maxResultBytes: spec.maxResultBytes, maxSteps: spec.maxSteps };
        const run = await executor.run({ program, input, ...limits, signal });
        tookMs = run.elapsedMs;
        return run;
      } catch (error) {
        if (error instanceof TaskTimeoutError) tookMs = error.limitMs;
        throw error;
      } finally {
        spend(tookMs);
        spentMs += tookMs;
      }
    },
  });
  try {
    for await (const task of audited) {
      tasks += 1;
      if (task.ground === undefined) continue;
      noteTask(context, record, { ...task, ground: task.ground });
      return undefined;
    }
  } catch (error) {
    if (!(error instanceof AuditBudgetError) || tasks === 0) throw error;
  }
  return { tasks, meanMs: spentMs / tasks };
}

function noteTask(
  { head, report, store }: AuditContext,
  record: AuditRecord,
  { position, ground, committed, actual, proof }: AuditedTask & { ground: Ground },
): void {
  const { jobId, batch, worker } = record;
  const leaf = toResultLeaf(position, committed);
  if (ground === Ground.unavailable) {
    const soughtSince = head().timestamp;
    store.moveAudit(record, "due", "missing", { position, leaf, proof, soughtSince });
    return;
  }
  const answer = bytesToHex(resultLeaf(position, actual));
  const salt = randomSalt();
  if (store.moveAudit(record, "due", "wrong", { position, ground, answer, leaf, proof, salt })) {
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
  const soughtSince = record.soughtSince ?? head().timestamp;
  const sought = head().timestamp - soughtSince;
  const enough = policy.withheldAfter * terms.challengeWindowSeconds;
  // One that is there and not under the root will not become so.
  if (error.retryable && sought < enough) {
    store.moveAudit(record, "due", "due", { soughtSince });
    throw error;
  }
  noteHidden({ report, store }, { terms }, record);
}

/** Nobody provides the manifest: one of its leaves, a random one, is to be demanded. */
function noteHidden(
  { report, store }: Pick<AuditContext, "report" | "store">,
  { terms }: Pick<PreparedJob, "terms">,
  record: AuditRecord,
): void {
  const { jobId, batch, worker } = record;
  const { first, count } = batchRange(terms, batch);
  const position = first + randomInt(count);
  const fields = { position, ground: Ground.none, salt: randomSalt(), soughtSince: undefined };
  if (store.moveAudit(record, "due", "hidden", fields)) {
    report("results withheld", { jobId, batch, position, worker });
  }
}
