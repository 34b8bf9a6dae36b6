import { PostponeError } from "@assay/queue";
import { AssayError, isDoneInTime } from "@assay/sdk";
import { refusalOf } from "../../jobs/policy.ts";
import { refusalByError } from "../../jobs/refusal.ts";
import { priceRefusal } from "../../policy/pricing.ts";
import type { JobRecord } from "../../store/nodeStore.ts";
import { refuseJob } from "./advance.ts";
import { tryTask } from "./computeBatch.ts";
import type { WorkerContext } from "./context.ts";
import type { OpenBatches } from "./openBatches.ts";
import type { StepOf } from "./steps.ts";

/** While nothing may be taken on, jobs are looked at again after so many milliseconds. */
const HELD_BACK_MS = 5_000;

/**
 * Brings a job from discovered to tried: checks its terms, fetches and checks program and inputs, and measures how long
 * one task takes.
 * @param onTried - called when batches of a job may be claimed.
 */
export function createIntake(
  context: WorkerContext,
  { open, onTried }: { open: OpenBatches; onTried: () => void },
) {
  const { executor, jobs, policy, report, steps, store } = context;

  /** Whether this node may still take the job. */
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

  /** Refuses the job if the job itself is broken. Passing troubles are tried again. */
  async function orRefuse(record: JobRecord, signal: AbortSignal, action: () => Promise<void>) {
    try {
      if (isForUs(record)) await action();
    } catch (error) {
      if (signal.aborted || !(error instanceof AssayError) || error.retryable) throw error;
      refuseJob(context, record.jobId, refusalByError(error));
    }
  }

  /** What a task costs here is known now; gas and load are of the moment, and looked at before each claim. */
  function fuelRefusal({ terms }: JobRecord, fuelPerTask: bigint | undefined) {
    const offer = { ...terms, tasks: terms.batchSize };
    return priceRefusal(offer, { policy, fuelPerTask, load: 0, batchCostWei: 0n });
  }

  return {
    async fetch({ jobId }: StepOf<"fetch">, signal: AbortSignal): Promise<void> {
      const record = store.job(jobId);
      if (record?.state !== "discovered") return;
      await orRefuse(record, signal, async () => {
        // A job without an open batch is not fetched. It stays discovered until a batch is open again.
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
          const { taskMs, taskFuel } = await tryTask(context, job, batch, signal);
          const { processes } = executor;
          const { batchSize: tasks, submitWindowSeconds } = record.terms;
          if (!isDoneInTime({ tasks, taskMs, processes, submitWindowSeconds })) {
            const reason = "a batch would not be done in time";
            refuseJob(context, jobId, { code: "TIME", reason }, { taskMs, taskFuel });
            return;
          }
          const refusal = fuelRefusal(record, taskFuel);
          if (refusal !== undefined)
            return refuseJob(context, jobId, refusal, { taskMs, taskFuel });
          store.moveJob(jobId, "tried", { taskMs, taskFuel });
          report("job ready", { jobId, taskMs });
          onTried();
          return; // the first open batch tells enough
        }
      });
    },
  };
}
