import { AssayError, batchRange, type JobId } from "@assay/sdk";
import { readGasReserve } from "../chain/gasReserve.ts";
import { keepingFor } from "../content/keptFor.ts";
import { UNDER_WAY } from "../store/batchState.ts";
import type { JobRecord } from "../store/nodeStore.ts";
import { claimBatch } from "./claimBatch.ts";
import { fetchBatch } from "./computeBatch.ts";
import type { PipelineContext } from "./context.ts";
import { costOfBatch, isWorthItsGas } from "./gasCost.ts";
import type { OpenBatches } from "./openBatches.ts";
import { createRetries } from "./retries.ts";
import { topUpStake } from "./settlement.ts";

const RETRY = { firstMs: 2_000, longestMs: 60_000 };

/** Takes on batches of jobs that were tried, the best paid first. */
export function createClaiming(context: PipelineContext, open: OpenBatches) {
  const { client, policy, report, steps, store } = context;
  /** Batches that a claim is under way for, by job and index. */
  const reserved = new Set<string>();
  /** Jobs of which something was not to be had. */
  const retries = createRetries<JobId>(RETRY);
  let stakeIsShort = false;
  let gasIsShort = false;
  /** A claim may have been sent whose end we have not seen. */
  let isUnsure = false;

  /** The best paid first. */
  function triedJobs(): JobRecord[] {
    const perMs = ({ terms, taskMs = 1 }: JobRecord) => Number(terms.rewardPerTask) / taskMs;
    return store.jobs("tried").sort((a, b) => perMs(b) - perMs(a));
  }

  const hasRoom = () =>
    store.batches(...UNDER_WAY).length + reserved.size < policy.maxBatchesAtOnce;

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

  /** Whether the batch's reward leaves enough of itself after gas at the price of the moment. */
  async function paysForGas({ jobId, terms }: JobRecord, batch: number, signal: AbortSignal) {
    const gasWei = await costOfBatch(client, signal);
    const rewardWei = terms.rewardPerTask * BigInt(batchRange(terms, batch).count);
    if (isWorthItsGas({ gasWei, rewardWei, maxGasShare: policy.maxGasShare })) return true;
    const retryInMs = retries.failed(jobId);
    report("gas is too dear", { jobId, gasWei, rewardWei, retryInMs });
    return false;
  }

  /** Claims a batch of this job, if there is one to be had. */
  async function takeOne(record: JobRecord, signal: AbortSignal): Promise<boolean> {
    const { jobId, terms } = record;
    for await (const batch of open.of(record, signal)) {
      const key = `${jobId}/${batch}`;
      if (reserved.has(key) || !context.mayClaim() || !hasRoom()) continue;
      if (!(await hasStake(jobId, terms.stakePerBatch, signal))) return false;
      if (!(await canPayGas(signal))) return false;
      if (!(await paysForGas(record, batch, signal))) return false;
      reserved.add(key);
      try {
        const job = await context.jobs.get(record, signal);
        await fetchBatch(context, job, batch, signal);
        if (!context.mayClaim()) return false; // it may have changed while the inputs came
        isUnsure = true;
        const outcome = await claimBatch(context, job, batch, signal);
        isUnsure = false;
        if (outcome === "claimed") return true;
        if (outcome === "stake is short") return false;
        if (outcome === "job closed") {
          close(jobId, "nothing of it can be claimed any more");
          return false;
        }
      } finally {
        reserved.delete(key);
      }
    }
    return false;
  }

  function close(jobId: JobId, reason: string): void {
    if (store.moveJob(jobId, "closed", { reason })) report("job closed", { jobId, reason });
  }

  async function takeBest(signal: AbortSignal): Promise<boolean> {
    for (const record of triedJobs()) {
      const { jobId, terms } = record;
      if (terms.claimUntil < context.head().timestamp) {
        close(jobId, "claiming is over");
        continue;
      }
      if (!hasRoom() || !retries.isDue(jobId) || !open.mayHave(jobId)) continue;
      try {
        if (await keepingFor(jobId, () => takeOne(record, signal))) {
          retries.succeeded(jobId);
          return true;
        }
      } catch (error) {
        // What is not to be had for one job must not keep us from another.
        if (!(error instanceof AssayError) || signal.aborted) throw error;
        const retryInMs = retries.failed(jobId);
        setTimeout(wake, retryInMs).unref();
        report("batch not worked on yet", { jobId, retryInMs, error: error.shortMessage });
      }
    }
    return false;
  }

  /** There may be something to claim. */
  function wake(): void {
    if (!context.mayClaim() || !hasRoom()) return;
    const isAny = triedJobs().some(({ jobId }) => retries.isDue(jobId) && open.mayHave(jobId));
    for (let place = 0; isAny && place < policy.maxBatchesAtOnce; place++) {
      steps.ensure({ step: "claim", place });
    }
  }

  return {
    wake,
    async claim(signal: AbortSignal): Promise<void> {
      if (isUnsure) await client.endTransactions({ signal });
      isUnsure = false;
      while (context.mayClaim() && (await takeBest(signal))) {}
    },
  };
}
