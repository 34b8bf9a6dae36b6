import {
  AssayError,
  batchRange,
  ContentTooLargeError,
  ContractRevertError,
  type JobId,
  MalformedContentError,
  ManifestError,
} from "@assay/sdk";
import { zeroAddress } from "viem";
import { costOfBatch } from "../../account/gasCost.ts";
import { readGasReserve } from "../../account/gasReserve.ts";
import { topUpStake } from "../../account/topUpStake.ts";
import { keepingFor } from "../../blocks/keptFor.ts";
import { createDue } from "../../concurrency/due.ts";
import { createRetries } from "../../concurrency/retries.ts";
import { createTurns } from "../../concurrency/turns.ts";
import { MachineRefusedError } from "../../jobs/provable.ts";
import { refusalByError } from "../../jobs/refusal.ts";
import { worthOf } from "../../jobs/worth.ts";
import { reported } from "../../kernel/report.ts";
import { loadOf, priceRefusal } from "../../policy/pricing.ts";
import { UNDER_WAY } from "../../store/batchState.ts";
import type { JobRecord } from "../../store/nodeStore.ts";
import { refuseJob } from "./advance.ts";
import { claimBatch } from "./claimBatch.ts";
import { fetchBatch } from "./computeBatch.ts";
import type { WorkerContext } from "./context.ts";
import { gasOfDefences } from "./defences.ts";
import type { OpenBatches } from "./openBatches.ts";

/** Whether the job's own contents are broken, which nothing will mend. */
function isOfContent(error: AssayError): boolean {
  return (
    error instanceof MalformedContentError ||
    error instanceof ContentTooLargeError ||
    error instanceof MachineRefusedError ||
    error instanceof ManifestError
  );
}

const RETRY = { firstMs: 2_000, longestMs: 60_000, jitter: 0 };

/**
 * Claims batches of jobs that were tried, the best paid first.
 * @param stopping - aborts when the node stops.
 */
export function createClaiming(
  context: WorkerContext,
  { open, stopping }: { open: OpenBatches; stopping: AbortSignal },
) {
  const { account, arbiters, client, holds, policy, report, steps, store } = context;
  const turns = createTurns(context.head);
  /** Batches that a claim is under way for, by job and index. */
  const reserved = new Set<string>();
  /** Jobs of which a content was not available. */
  const retries = createRetries<JobId>(RETRY);
  /** Slashes of ours whose events were taken over; from the first look at the account on. */
  let knownSlashes: number | undefined;
  let stakeIsShort = false;
  let gasIsShort = false;
  /** A claim may have been sent whose end we have not seen. */
  const ending = createDue({ isDue: false });
  /** Until it is this node's turn for a batch that others may take first. */
  let timer: NodeJS.Timeout | undefined;

  /** The reward of a batch, or its worth, in wei. */
  const rewardWei = ({ terms }: Pick<JobRecord, "terms">, batch: number) =>
    worthOf(policy, terms.token, terms.rewardPerTask * BigInt(batchRange(terms, batch).count)) ??
    0n;

  /** The best paid first. */
  function triedJobs(): JobRecord[] {
    const perMs = (job: JobRecord) =>
      Number(rewardWei(job, 0)) / (batchRange(job.terms, 0).count * (job.taskMs ?? 1));
    return store.jobs("tried").sort((a, b) => perMs(b) - perMs(a));
  }

  const hasRoom = () =>
    store.batches(...UNDER_WAY).length + reserved.size < policy.maxBatchesAtOnce;

  /** Whether there is enough free stake for one more batch, topped up if the policy allows. */
  async function hasStake(jobId: JobId, neededWei: bigint, signal: AbortSignal): Promise<boolean> {
    let account = await client.getAccount({ signal });
    knownSlashes ??= account.slashedBatches;
    // The account is read ahead of the events: which job has cost us stake is known when they come, and nothing is staked before.
    if (account.slashedBatches > knownSlashes) return false;
    if (account.free < neededWei && account.stake < policy.stakeWei) {
      await topUpStake(context, signal);
      account = await client.getAccount({ signal });
    }
    const isShort = account.free < neededWei;
    if (isShort && !stakeIsShort) {
      report("stake is short", { jobId, neededWei, freeWei: account.free });
    }
    if (isShort) holds.hold(jobId, "the free stake is too small");
    stakeIsShort = isShort;
    return !isShort;
  }

  /** Whether the account can pay for one batch more from claim to settlement, and for a dispute, besides what is claimed. */
  async function canPayGas({ jobId, terms }: JobRecord, signal: AbortSignal): Promise<boolean> {
    const defenceGas = gasOfDefences(context, terms.arbiter);
    const reserve = await readGasReserve(context, { defenceGas, signal });
    const isShort = reserve.availableWei < reserve.neededWei;
    if (isShort && !gasIsShort) report("gas is short", { ...reserve });
    if (isShort) holds.hold(jobId, "the account cannot pay for the gas");
    gasIsShort = isShort;
    return !isShort;
  }

  /** Whether the batch pays this node's price of the moment: for its gas, and for its load. */
  async function paysEnough(record: JobRecord, batch: number, signal: AbortSignal) {
    const { jobId, terms, taskFuel } = record;
    const gasWei = await costOfBatch(client, signal);
    const { count: tasks } = batchRange(terms, batch);
    const load = loadOf(policy, store.batches(...UNDER_WAY).length + reserved.size);
    const refusal = priceRefusal(
      { ...terms, tasks },
      { policy, fuelPerTask: taskFuel, load, batchCostWei: gasWei },
    );
    if (refusal === undefined) return true;
    const { code, reason } = refusal;
    const retryInMs = retries.failed(jobId, wake);
    const isNew = holds.hold(jobId, reason);
    const reward = { rewardWei: rewardWei(record, batch), retryInMs };
    if (code === "GAS") report("gas is too dear", { jobId, gasWei, ...reward });
    else if (isNew) report("price not paid", { jobId, code, reason, ...reward });
    return false;
  }

  /** Whether somebody could rule on a dispute about us: a requester could challenge what is right, and nobody would say so. */
  async function canBeDecided({ jobId, terms }: JobRecord, signal: AbortSignal) {
    const { arbiter, requester } = terms;
    if (arbiter === zeroAddress) return true;
    if (await arbiters.of(arbiter).canDecide({ requester, worker: account }, signal)) return true;
    const retryInMs = retries.failed(jobId, wake);
    if (holds.hold(jobId, "its arbiter could not decide a dispute")) {
      report("arbiter cannot decide", { jobId, arbiter, retryInMs });
    }
    return false;
  }

  /** Ends another's claim whose deadline is over. Nobody is paid for it: those do who want the batch. */
  async function expire({ jobId, terms }: JobRecord, batch: number, signal: AbortSignal) {
    const turn = `expire/${jobId}/${batch}`;
    if (!turns.isOurs(turn, "shared")) return false;
    try {
      await reported(context, "expire", client.expire({ terms, batch, signal }));
    } catch (error) {
      if (!(error instanceof ContractRevertError)) throw error;
      return false; // another was faster, or it was submitted in the last moment
    }
    turns.over(turn);
    report("claim expired", { jobId, batch });
    return true;
  }

  /** Claims a batch of this job, if one is open. */
  async function takeOne(record: JobRecord, signal: AbortSignal): Promise<boolean> {
    const { jobId, terms } = record;
    let soonestMs = Number.POSITIVE_INFINITY;
    for await (const { batch, isOverdue, waitMs } of open.of(record, signal)) {
      const key = `${jobId}/${batch}`;
      if (waitMs > 0) {
        soonestMs = Math.min(soonestMs, waitMs);
        continue;
      }
      if (reserved.has(key) || !context.mayClaim() || !hasRoom()) continue;
      if (!(await canBeDecided(record, signal))) return false;
      if (!(await hasStake(jobId, terms.stakePerBatch, signal))) return false;
      if (!(await canPayGas(record, signal))) return false;
      if (!(await paysEnough(record, batch, signal))) return false;
      reserved.add(key);
      try {
        const job = await context.jobs.get(record, signal);
        await fetchBatch(context, job, batch, signal);
        if (!context.mayClaim()) return false; // it may have changed while the inputs came
        if (isOverdue && !(await expire(record, batch, signal))) continue;
        const outcome = await claimBatch(context, job, batch, signal).catch((error) => {
          ending.mark();
          throw error;
        });
        if (outcome === "claimed") {
          holds.release(jobId);
          return true;
        }
        if (outcome === "stake is short") return false;
        if (outcome === "job closed") {
          close(jobId, "nothing of it can be claimed any more");
          return false;
        }
      } finally {
        reserved.delete(key);
      }
    }
    if (Number.isFinite(soonestMs)) wakeIn(soonestMs);
    return false;
  }

  function wakeIn(ms: number): void {
    clearTimeout(timer);
    timer = setTimeout(wake, ms);
    timer.unref();
  }

  function close(jobId: JobId, reason: string): void {
    holds.release(jobId);
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
        // A content of one job that is not available must not delay other jobs.
        if (!(error instanceof AssayError) || signal.aborted) throw error;
        if (isOfContent(error)) {
          // An input that is not what the manifest says stays so.
          holds.release(jobId);
          refuseJob(context, jobId, refusalByError(error));
          continue;
        }
        const retryInMs = retries.failed(jobId, wake);
        holds.hold(jobId, error.shortMessage);
        report("batch not worked on yet", { jobId, retryInMs, error: error.shortMessage });
      }
    }
    return false;
  }

  /** There may be something to claim. */
  function wake(): void {
    if (stopping.aborted || !context.mayClaim() || !hasRoom()) return;
    const isAny = triedJobs().some(({ jobId }) => retries.isDue(jobId) && open.mayHave(jobId));
    for (let slot = 0; isAny && slot < policy.maxBatchesAtOnce; slot++) {
      steps.ensure({ step: "claim", slot });
    }
  }

  return {
    wake,
    /** Results of ours were found wrong. */
    noteSlashed(): void {
      if (knownSlashes !== undefined) knownSlashes++;
    },
    async claim(signal: AbortSignal): Promise<void> {
      await ending.settle(() => client.endTransactions({ signal }));
      while (context.mayClaim() && (await takeBest(signal))) {}
    },
  };
}
