import { randomBytes } from "node:crypto";
import { audit, batchRange, sampleTasks } from "@assay/sdk";
import { bytesToHex } from "viem";
import type { PipelineContext } from "../pipeline/context.ts";
import type { AuditRecord } from "../store/disputeStore.ts";

/** How long one block is looked for, in milliseconds: whoever withholds one must not keep us from the others for long. */
const FETCH_MS = 10_000;

/** Runs a sample of a submission's tasks again, and notes whether one is wrong. */
export async function auditBatch(
  context: PipelineContext,
  record: AuditRecord,
  signal: AbortSignal,
): Promise<void> {
  const { executor, jobs, policy, report, store } = context;
  const { jobId, batch, worker } = record;
  const known = store.job(jobId);
  if (known === undefined) return;
  const job = await jobs.get(known, signal);
  const positions = sampleTasks(batchRange(job.terms, batch), policy.auditRate);
  const { program, spec } = job;
  const audited = audit(context, {
    ...{ job, batch, submission: record, positions, signal },
    fetchTimeoutMs: FETCH_MS,
    maxInputBytes: policy.maxInputBytes,
    execute: ({ input }) =>
      executor.run({ program, input, maxResultBytes: spec.maxResultBytes, signal }),
  });
  let tasks = 0;
  for await (const { position, agrees } of audited) {
    tasks += 1;
    if (agrees) continue;
    const salt = bytesToHex(randomBytes(32));
    store.setAudit(record, "wrong", { position, salt });
    report("wrong result found", { jobId, batch, position, worker });
    return;
  }
  store.setAudit(record, "clean");
  report("batch audited", { jobId, batch, worker, tasks });
}
