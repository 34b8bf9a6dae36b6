import { setTimeout as delay } from "node:timers/promises";
import { batchCount, batchRange, type JobId, type MarketClient, type TaskResult } from "@assay/sdk";
import type { Address } from "viem";
import { type JobAccounts, readJobAccounts, type WorkerAccount } from "./accounts.ts";
import { readSpending, type Spending } from "./gas.ts";
import { POLLING_INTERVAL_MS, startLocalnet } from "./network.ts";
import type { Progress } from "./progress.ts";
import type { RunView } from "./view.ts";
import type { NodeLog } from "./worker.ts";

/** The work, and what it pays. */
export interface LocalJob {
  /** The WebAssembly module. */
  program: Uint8Array;
  taskCount: number;
  inputs: Iterable<Uint8Array>;
  /** Wei a task. */
  rewardPerTask: bigint;
  batchSize: number;
  limits: { memoryPages: number; maxResultBytes: number; maxSteps: bigint };
}

export interface LocalRunOptions {
  /** Number of worker processes. */
  workers: number;
  /** Port of the chain's JSON-RPC; 0 takes any free one. */
  port?: number;
  view: RunView;
  /** Hears every verified result, in the order in which they arrive. */
  onResult: (result: TaskResult) => void;
  signal: AbortSignal;
}

export interface LocalRunReport extends Omit<JobAccounts, "workers"> {
  jobId: JobId;
  marketplace: Address;
  tasks: number;
  batches: number;
  workers: (WorkerAccount & Spending)[];
  /** From the posting of the job to its first verified result. */
  secondsToFirstResult: number;
  secondsTotal: number;
}

/**
 * Buys one job on a network that exists for it alone: a chain, a deployment, worker processes and a requester on this machine.
 * Whatever happens, every process is gone and every temporary file deleted when the promise settles.
 * @throws {@link LocalnetError} when the network cannot be started, a worker ends by itself, or the books do not balance.
 * @throws {@link InsufficientBalanceError} when the requester cannot pay the escrow.
 */
export async function runOnLocalnet(
  job: LocalJob,
  { workers: workerCount, port = 0, view, onResult, signal }: LocalRunOptions,
): Promise<LocalRunReport> {
  const started = performance.now();
  const seconds = (since: number) => (performance.now() - since) / 1000;
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  const progress: Progress = { batchesClaimed: 0, tasksDone: 0, resultsVerified: 0, tasksPaid: 0 };

  await using network = await startLocalnet({
    workers: workerCount,
    // In the worst case one worker wins every batch, and each stays locked until it is settled.
    batchesPerWorker: Math.ceil(job.taskCount / job.batchSize),
    port,
    onLog: createTally(progress, job, () => view.progress(progress)),
    onFailure: (error) => failure.abort(error),
    onReady: (part, { chain, seconds }) => {
      if (part === "chain") view.chainReady({ ...chain, seconds });
      else view.workersReady({ count: workerCount, seconds });
    },
    signal: either,
  });
  const { chain, market, workers } = network;

  const postedFrom = performance.now();
  const { minStakePerBatch } = await market.getParameters();
  const handle = await market.submitJob({
    program: job.program,
    inputs: job.inputs,
    rewardPerTask: job.rewardPerTask,
    stakePerBatch: minStakePerBatch,
    batchSize: job.batchSize,
    ...job.limits,
    signal: either,
  });
  const { jobId, terms } = handle;
  const batches = batchCount(terms);
  view.jobPosted({
    jobId,
    tasks: terms.taskCount,
    batches,
    escrowWei: BigInt(terms.taskCount) * terms.rewardPerTask,
    challengeWindowSeconds: terms.challengeWindowSeconds,
  });

  let secondsToFirstResult: number | undefined;
  for await (const result of handle.results({ signal: either })) {
    secondsToFirstResult ??= seconds(postedFrom);
    progress.resultsVerified += 1;
    view.progress(progress);
    onResult(result);
  }

  // Every result is here, so every batch is submitted: no deadline can be missed by moving the clock.
  await chain.passTime(terms.challengeWindowSeconds + 1);
  await handle.settled({ signal: either });
  await untilWithdrawn(market, workers, either);
  view.closed();

  const accounts = await readJobAccounts(market, {
    jobId,
    terms,
    batchTasks: (batch) => batchRange(terms, batch).count,
    parties: [chain.account(1).address, ...workers.map((worker) => worker.address)],
  });
  const spending = await readSpending(market.public, {
    fromBlock: 0n,
    toBlock: await market.public.getBlockNumber({ cacheTime: 0 }),
  });
  return {
    ...accounts,
    jobId,
    marketplace: chain.marketplace,
    tasks: terms.taskCount,
    batches,
    workers: workers.map(({ address }) => ({
      tasks: 0,
      batches: 0,
      earnedWei: 0n,
      ...accounts.workers.find((account) => account.address === address),
      ...(spending.get(address.toLowerCase() as Address) ?? {
        transactions: 0,
        gasUsed: 0n,
        feeWei: 0n,
      }),
      address,
    })),
    secondsToFirstResult: secondsToFirstResult ?? 0,
    secondsTotal: seconds(started),
  };
}

/** Turns what the nodes log into progress. */
function createTally(
  progress: Progress,
  { rewardPerTask }: LocalJob,
  changed: () => void,
): (log: NodeLog) => void {
  const doneByBatch = new Map<unknown, number>();
  return (log) => {
    switch (log.msg) {
      case "batch claimed":
        progress.batchesClaimed += 1;
        break;
      case "task computed":
        doneByBatch.set(log.batch, Number(log.done));
        progress.tasksDone = doneByBatch.values().reduce((sum, done) => sum + done, 0);
        break;
      case "batch settled":
        progress.tasksPaid += Number(BigInt(String(log.rewardWei)) / rewardPerTask);
        break;
      default:
        return;
    }
    changed();
  };
}

/** Resolves when no worker has credit left in the Marketplace. */
async function untilWithdrawn(
  market: MarketClient,
  workers: readonly { address: Address }[],
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const credits = await Promise.all(
      workers.map(({ address }) => market.getCredit({ account: address })),
    );
    if (credits.every((credit) => credit === 0n)) return;
    await delay(POLLING_INTERVAL_MS, undefined, { signal });
  }
}
