import { PostponeError } from "@assay/queue";
import { AssayError } from "@assay/sdk";
import { isDoneInTime, refusalOf } from "../../jobs/policy.ts";
import type { JobRecord } from "../../store/nodeStore.ts";
import { refuseJob } from "./advance.ts";
import { tryTask } from "./computeBatch.ts";
import type { WorkerContext } from "./context.ts";
import type { OpenBatches } from "./openBatches.ts";
import type { StepOf } from "./steps.ts";

/** While nothing may be taken on, jobs are looked at again after so many milliseconds. */
const HELD_BACK_MS = 5_000;

/**
 * From discovered to tried: is the job for us by its terms, are program and inputs to be had and as promised, and how long
 * does one task take?
 * @param onTried - called when batches of a job may be claimed.
 */
export function createIntake(
  context: WorkerContext,
  { open, onTried }: { open: OpenBatches; onTried: () => void },
) {
  const { executor, jobs, policy, report, steps, store } = context;

  /** Whether the job is still to be had by us. */
  function isForUs({ jobId, terms, spec }: JobRecord): boolean {
    if (!context.mayClaim()) throw new PostponeError(HELD_BACK_MS);
    if (terms.claimUntil < context.head().timestamp) {
      store.moveJob(jobId, "closed", { reason: "claiming is over" });
      return false;
    }
    const refusal = refusalOf(terms, spec, policy);
    if (refusal !== undefined) refuseJob(context, jobId, refusal);
    return refusal === undefined;
  }

  /** What is wrong with the job, and not with the moment, is the end of it. */
  async function orRefuse(record: JobRecord, signal: AbortSignal, action: () => Promise<void>) {
    try {
      if (isForUs(record)) await action();
    } catch (error) {
      if (signal.aborted || !(error instanceof AssayError) || error.retryable) throw error;
      refuseJob(context, record.jobId, error.details ?? error.shortMessage);
    }
  }

  return {
    async fetch({ jobId }: StepOf<"fetch">, signal: AbortSignal): Promise<void> {
      const record = store.job(jobId);
      if (record?.state !== "discovered") return;
      await orRefuse(record, signal, async () => {
        // What is all taken already needs no look; it is discovered until a batch comes back.
        for await (const _ of open.of(record, signal)) {
          await jobs.get(record, signal);
          store.atomically(() => {
            store.moveJob(jobId, "fetched");
            steps.followJob(jobId);
          });
          return;
        }
      });
    },
    async try({ jobId }: StepOf<"try">, signal: AbortSignal): Promise<void> {
      const record = store.job(jobId);
      if (record?.state !== "fetched") return;
      await orRefuse(record, signal, async () => {
        for await (const { batch } of open.of(record, signal)) {
          const job = await jobs.get(record, signal);
          const taskMs = await tryTask(context, job, batch, signal);
          const { processes } = executor;
          const { batchSize: tasks, submitWindowSeconds } = record.terms;
          if (!isDoneInTime({ tasks, taskMs, processes, submitWindowSeconds })) {
            refuseJob(context, jobId, "a batch would not be done in time");
            return;
          }
          store.moveJob(jobId, "tried", { taskMs });
          report("job ready", { jobId, taskMs });
          onTried();
          return; // the first open batch tells enough
        }
      });
    },
  };
}
