import { AssayError, type JobId } from "@assay/sdk";
import { keepingFor } from "../content/keptFor.ts";
import type { JobRecord } from "../store/nodeStore.ts";
import { tryTask } from "./computeBatch.ts";
import type { PipelineContext } from "./context.ts";
import type { OpenBatches } from "./openBatches.ts";
import { isDoneInTime, refusalOf } from "./policy.ts";
import type { PreparedJobs } from "./preparedJobs.ts";
import { createRetries } from "./retries.ts";

/** Jobs looked into at a time: one whose contents nobody has must not keep others waiting. */
const JOBS_AT_ONCE = 8;
const RETRY = { firstMs: 2_000, longestMs: 5 * 60_000 };

export interface Intake {
  /** Looks into the jobs that are due. */
  look(): void;
  /** Resolves when nothing is under way any more. */
  ended(): Promise<void>;
}

/**
 * From discovered to ready: is the job for us by its terms, are program and inputs to be had and as promised, and how long
 * does one task take?
 * @param onReady - called when a job has become ready.
 */
export function createIntake(
  context: PipelineContext,
  {
    jobs,
    open,
    onReady,
    signal,
  }: {
    jobs: PreparedJobs;
    open: OpenBatches;
    onReady: () => void;
    signal: AbortSignal;
  },
): Intake {
  const { store, policy, executor, report } = context;
  const underWay = new Map<JobId, Promise<void>>();
  const retries = createRetries<JobId>(RETRY);

  function refuse(jobId: JobId, reason: string): void {
    store.setJob(jobId, "refused", { reason });
    report("job refused", { jobId, reason });
  }

  async function lookInto(record: JobRecord): Promise<void> {
    const { jobId, terms, spec } = record;
    if (terms.claimUntil < context.head().timestamp) {
      store.setJob(jobId, "closed", { reason: "claiming is over" });
      return;
    }
    const refusal = refusalOf(terms, spec, policy);
    if (refusal !== undefined) {
      refuse(jobId, refusal);
      return;
    }
    for await (const batch of open.of(record, signal)) {
      const job = await jobs.get(record, signal);
      const taskMs = await tryTask(context, job, batch, signal);
      const { processes } = executor;
      const { batchSize: tasks, submitWindowSeconds } = terms;
      if (!isDoneInTime({ tasks, taskMs, processes, submitWindowSeconds })) {
        refuse(jobId, "a batch would not be done in time");
        return;
      }
      store.setJob(jobId, "ready", { taskMs });
      report("job ready", { jobId, taskMs });
      onReady();
      return; // the first open batch tells enough
    }
  }

  async function attempt(record: JobRecord): Promise<void> {
    const { jobId } = record;
    try {
      await keepingFor(jobId, () => lookInto(record));
      retries.succeeded(jobId);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof AssayError && !error.retryable) {
        refuse(jobId, error.details ?? error.shortMessage);
        return;
      }
      const retryInMs = retries.failed(jobId);
      report("job not looked into yet", { jobId, retryInMs, error: (error as Error).message });
      setTimeout(look, retryInMs).unref();
    }
  }

  function look(): void {
    if (signal.aborted || !context.mayClaim()) return;
    for (const record of store.jobs("discovered")) {
      if (underWay.size >= JOBS_AT_ONCE) return;
      const { jobId } = record;
      if (underWay.has(jobId) || !retries.isDue(jobId) || !open.mayHave(jobId)) continue;
      const attempted = attempt(record).finally(() => {
        underWay.delete(jobId);
        look();
      });
      underWay.set(jobId, attempted);
    }
  }

  return {
    look,
    async ended() {
      await Promise.all(underWay.values());
    },
  };
}
