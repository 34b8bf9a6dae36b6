import { AssayError, type JobId } from "@assay/sdk";
import { readGasReserve } from "../chain/gasReserve.ts";
import { keepingFor } from "../content/keptFor.ts";
import type { BatchRecord, JobRecord } from "../store/nodeStore.ts";
import { claimBatch } from "./claimBatch.ts";
import { computeBatch, fetchBatch } from "./computeBatch.ts";
import type { PipelineContext } from "./context.ts";
import type { OpenBatches } from "./openBatches.ts";
import type { PreparedJobs } from "./preparedJobs.ts";
import type { PreparedJob } from "./prepareJob.ts";
import type { Providing } from "./providing.ts";
import { reconcileBatch } from "./reconcile.ts";
import { createRetries } from "./retries.ts";
import { topUpStake } from "./settlement.ts";
import { submitBatch, writeManifest } from "./submitBatch.ts";

const RETRY = { firstMs: 2_000, longestMs: 60_000 };

export interface Work {
  /**
   * Takes one batch from where it stands to its submission: one that was begun before, else a new one. Several may run side by
   * side. `false` when there is nothing to do.
   */
  step(signal: AbortSignal): Promise<boolean>;
  /** Gives up batches whose deadline the chain has passed. */
  abandonOverdue(): void;
}

/** From ready to submitted: fetches a batch's inputs, claims it, computes it, stores and submits the results. */
export function createWork(
  context: PipelineContext,
  {
    jobs,
    open,
    providing,
    onRetry,
  }: {
    jobs: PreparedJobs;
    open: OpenBatches;
    providing: Providing;
    /** Called when what failed is to be tried again: no block may come by then. */
    onRetry: () => void;
  },
): Work {
  const { client, executor, policy, report, store } = context;
  /** Batches that are being worked on, by job and index. */
  const active = new Map<
    string,
    { record: Pick<BatchRecord, "jobId" | "batch">; stop: AbortController }
  >();
  const retries = createRetries<JobId>(RETRY);
  let stakeIsShort = false;
  let gasIsShort = false;

  const keyOf = ({ jobId, batch }: Pick<BatchRecord, "jobId" | "batch">) => `${jobId}/${batch}`;
  const secondsLeft = ({
    deadline = Number.POSITIVE_INFINITY,
  }: {
    deadline?: number | undefined;
  }) => deadline - context.head().timestamp;

  /** Keeps other lanes away from the batch while `action` runs. */
  async function reserve<T>(
    record: Pick<BatchRecord, "jobId" | "batch">,
    signal: AbortSignal,
    action: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const stop = new AbortController();
    active.set(keyOf(record), { record, stop });
    try {
      return await keepingFor(record.jobId, () => action(AbortSignal.any([signal, stop.signal])));
    } finally {
      active.delete(keyOf(record));
    }
  }

  /** A task of a claimed batch may take longer than an untried one: half the time that is left for the whole batch. */
  function limitMs(record: BatchRecord): number {
    return Math.max(executor.taskLimitMs, Math.min(secondsLeft(record), 86_400) * 500);
  }

  async function finish(job: PreparedJob, batch: number, signal: AbortSignal): Promise<void> {
    const { jobId } = job;
    for (;;) {
      const record = store.batch(jobId, batch);
      switch (record?.state) {
        case "claimed":
          await computeBatch(context, job, { batch, limitMs: limitMs(record), signal });
          await writeManifest(context, record, job.terms, signal);
          break;
        case "computed":
        case "submitting":
          await submitBatch(context, record, { providing, signal });
          break;
        default:
          return;
      }
    }
  }

  async function resume(record: BatchRecord, signal: AbortSignal): Promise<void> {
    const { jobId, batch, state } = record;
    const known = store.job(jobId);
    if (known === undefined) return;
    if (state === "claiming" || state === "submitting") {
      await client.endTransactions({ signal });
      await reconcileBatch(context, record, signal);
    }
    await finish(await jobs.get(known, signal), batch, signal);
  }

  /** Whether there is enough free stake for one more batch, topped up if the policy allows. */
  async function hasStake(jobId: JobId, neededWei: bigint, signal: AbortSignal): Promise<boolean> {
    let account = await client.getAccount({ signal });
    if (account.free < neededWei && account.stake < policy.stakeWei) {
      await topUpStake(context, signal);
      account = await client.getAccount({ signal });
    }
    const isShort = account.free < neededWei;
    if (isShort && !stakeIsShort) {
      report("stake is short", { jobId, neededWei, freeWei: account.free });
    }
    stakeIsShort = isShort;
    return !isShort;
  }

  /** Whether the account can pay for one batch more from claim to settlement, besides what is claimed. */
  async function canPayGas(signal: AbortSignal): Promise<boolean> {
    const reserve = await readGasReserve(context, signal);
    const isShort = reserve.availableWei < reserve.neededWei;
    if (isShort && !gasIsShort) report("gas is short", { ...reserve });
    gasIsShort = isShort;
    return !isShort;
  }

  /** Claims a batch of this job, if there is one, and finishes it. */
  async function takeOne(record: JobRecord, signal: AbortSignal): Promise<boolean> {
    const { jobId, terms } = record;
    for await (const batch of open.of(record, signal)) {
      if (!context.mayClaim()) return false;
      if (active.has(keyOf({ jobId, batch }))) continue;
      if (!(await hasStake(jobId, terms.stakePerBatch, signal))) return false;
      if (!(await canPayGas(signal))) return false;
      const outcome = await reserve({ jobId, batch }, signal, async (signal) => {
        const job = await jobs.get(record, signal);
        await fetchBatch(context, job, batch, signal);
        if (!context.mayClaim()) return "held back"; // it may have changed while the inputs came
        const claimed = await claimBatch(context, job, batch, signal);
        if (claimed === "claimed") await finish(job, batch, signal);
        return claimed;
      });
      if (outcome === "claimed") return true;
      if (outcome === "stake is short" || outcome === "held back") return false;
      if (outcome === "job closed") {
        close(jobId, "nothing of it can be claimed any more");
        return false;
      }
    }
    return false;
  }

  function close(jobId: JobId, reason: string): void {
    store.setJob(jobId, "closed", { reason });
    report("job closed", { jobId, reason });
  }

  /** The best paid first. */
  function readyJobs(): JobRecord[] {
    const perMs = ({ terms, taskMs = 1 }: JobRecord) => Number(terms.rewardPerTask) / taskMs;
    return store.jobs("ready").sort((a, b) => perMs(b) - perMs(a));
  }

  return {
    async step(signal) {
      for (const record of store.batches("claiming", "claimed", "computed", "submitting")) {
        if (active.has(keyOf(record)) || secondsLeft(record) < 0) continue;
        await reserve(record, signal, (signal) => resume(record, signal));
        return true;
      }
      for (const record of context.mayClaim() ? readyJobs() : []) {
        const { jobId, terms } = record;
        if (terms.claimUntil < context.head().timestamp) close(jobId, "claiming is over");
        else if (retries.isDue(jobId) && open.mayHave(jobId)) {
          try {
            if (await takeOne(record, signal)) {
              retries.succeeded(jobId);
              return true;
            }
          } catch (error) {
            // What is not to be had for one job must not keep us from another.
            if (!(error instanceof AssayError) || signal.aborted) throw error;
            const retryInMs = retries.failed(jobId);
            setTimeout(onRetry, retryInMs).unref();
            report("batch not worked on yet", { jobId, retryInMs, error: error.shortMessage });
          }
        }
      }
      return false;
    },
    abandonOverdue() {
      for (const { record, stop } of active.values()) {
        const current = store.batch(record.jobId, record.batch);
        if (current !== undefined && current.state !== "lost" && secondsLeft(current) < 0) {
          stop.abort(new DeadlineMissedError(record));
        }
      }
    },
  };
}

class DeadlineMissedError extends AssayError {
  readonly code = "DEADLINE_MISSED";
  readonly retryable = false;

  constructor({ jobId, batch }: Pick<BatchRecord, "jobId" | "batch">) {
    super(
      `The deadline of batch ${batch} of job ${jobId} is over: its stake is freed as far as it can be.`,
    );
  }
}
