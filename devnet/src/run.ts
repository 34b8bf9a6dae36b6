import { setTimeout as delay } from "node:timers/promises";
import { batchRange, type JobId, type TaskResult } from "@assay/sdk";
import { abortable } from "@assay/sdk/concurrency";
import { type Address, zeroAddress } from "viem";
import { type JobAccounts, readJobAccounts, type WorkerAccount } from "./accounts.ts";
import { type Audits, createAudits } from "./audits.ts";
import { followDisputes } from "./disputeNews.ts";
import { NOTHING_SPENT, readSpending, type Spending, sumSpending } from "./gas.ts";
import { type JuryAccounts, readJuryAccounts } from "./juryAccounts.ts";
import { POLLING_INTERVAL_MS, REQUESTER, startLocalnet } from "./network.ts";
import { passWindows } from "./passWindows.ts";
import { planNodes, STAKE_PER_BATCH_WEI } from "./plan.ts";
import type { Progress } from "./progress.ts";
import { type ProofAccounts, readProofAccounts } from "./proofAccounts.ts";
import { createStandstills, type Standstills } from "./standstills.ts";
import type { RunView } from "./view.ts";
import type { NodeLog, NodePlan } from "./worker.ts";

/** The work, and what it pays. */
export interface LocalJob {
  /** The WebAssembly module. */
  program: Uint8Array;
  taskCount: number;
  inputs: Iterable<Uint8Array>;
  /** Wei a task, or units of the token. */
  rewardPerTask: bigint;
  batchSize: number;
  limits: { memoryPages: number; maxResultBytes: number; maxSteps: bigint };
}

export interface LocalRunOptions {
  /** Number of worker processes. */
  workers: number;
  /** Whether one of the workers lies: the others check each other then. At least two workers. */
  withLiar?: boolean;
  /** Who decides disputes: one step of the task, or a jury, most of which a liar has bribed. Default: `proof`. */
  arbiter?: "proof" | "jury";
  /** Whether the job is paid in an ERC-20 token instead of the native coin. */
  withToken?: boolean;
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
  /** What the requester and all jurors together spent on gas. */
  requester: Spending;
  jurors: Spending;
  /** From the posting of the job to its first verified result. */
  secondsToFirstResult: number;
  /** Of the jury, where there was one. */
  jury: JuryAccounts | undefined;
  /** Of games about disputed tasks. */
  proof: ProofAccounts;
  /** What the liar was paid. */
  liarEarnedWei: bigint;
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
  {
    workers: workerCount,
    withLiar = false,
    arbiter = "proof",
    withToken = false,
    port = 0,
    view,
    onResult,
    signal,
  }: LocalRunOptions,
): Promise<LocalRunReport> {
  const started = performance.now();
  const seconds = (since: number) => (performance.now() - since) / 1000;
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  const progress: Progress = { batchesClaimed: 0, tasksDone: 0, resultsVerified: 0, tasksPaid: 0 };

  const tally = createTally(progress, job, () => view.progress(progress));
  const batches = Math.ceil(job.taskCount / job.batchSize);
  // In the worst case one worker wins every batch, and each stays locked until it is settled.
  const { liar, honest, jurors } = planNodes({
    ...{ workers: workerCount, batches, withLiar, withJury: arbiter === "jury" },
  });
  const plans = [...(liar === undefined ? [] : [liar]), ...honest, ...jurors];
  let audits: Audits | undefined;
  let standstills: Standstills | undefined;
  const lied = Promise.withResolvers<void>();

  // The liar comes first, so that there is something to find.
  const first = liar === undefined ? honest : [liar, ...jurors];
  await using network = await startLocalnet({
    nodes: plans.length,
    soon: first,
    withJury: arbiter === "jury",
    withToken,
    port,
    onLog: (log, node) => {
      tally(log);
      audits?.onLog(log, node);
      standstills?.onLog(log, node);
      if (node.lies && log.msg === "batch claimed") lied.resolve();
    },
    onFailure: (error) => failure.abort(error),
    signal: either,
  });
  const { chain, market, jury, proof } = network;
  view.chainReady({ ...chain, seconds: seconds(started) });
  const addressOf = ({ account }: NodePlan) => chain.account(account).address;
  standstills = createStandstills(addressOf);
  audits = createAudits(
    new Map(
      honest
        .filter(({ roles }) => roles.includes("auditor"))
        .map((plan) => [plan.name, addressOf(plan)]),
    ),
  );

  await network.start(first);
  if (jury !== undefined) {
    // A juror's stake counts from the next epoch on.
    await chain.passTime((await jury.getParameters({ signal: either })).epochSeconds);
  }
  view.workersReady({ plans, seconds: seconds(started) });

  const postedFrom = performance.now();
  const handle = await market.submitJob({
    program: job.program,
    inputs: job.inputs,
    rewardPerTask: job.rewardPerTask,
    token: chain.token,
    stakePerBatch: STAKE_PER_BATCH_WEI,
    batchSize: job.batchSize,
    arbiter: chain.jury,
    ...job.limits,
    signal: either,
  });
  const { jobId, terms } = handle;
  view.jobPosted({
    jobId,
    tasks: terms.taskCount,
    batches,
    escrowWei: BigInt(terms.taskCount) * terms.rewardPerTask,
    unit: withToken ? "PLAY" : "ETH",
    challengeWindowSeconds: terms.challengeWindowSeconds,
  });

  const { isClear } = audits;
  const { isStopped } = standstills;
  const over = new AbortController();
  let windowsPassed: Promise<void> = Promise.resolve();
  const background: Promise<void>[] = [];
  if (withLiar) {
    const names = new Map(plans.map((plan) => [addressOf(plan), plan.name]));
    const nameOf = (account: Address) => names.get(account) ?? account;
    const untilOver = AbortSignal.any([either, over.signal]);
    const news = { jobId, nameOf, tell: view.news, signal: untilOver };
    windowsPassed = passWindows({ chain, market, jury, proof }, handle, {
      ...{ isClear, isStopped },
      signal: untilOver,
    });
    background.push(windowsPassed, followDisputes({ market, jury, proof }, news));
    for (const task of background) {
      task.catch((error) => {
        if (!untilOver.aborted) failure.abort(error);
      });
    }
    await abortable(lied.promise, either);
    await network.start(honest);
  }

  let secondsToFirstResult: number | undefined;
  // What a liar submits first is not what is bought in the end.
  const finality = withLiar ? "settled" : "submitted";
  for await (const result of handle.results({ finality, signal: either })) {
    secondsToFirstResult ??= seconds(postedFrom);
    progress.resultsVerified += 1;
    view.progress(progress);
    onResult(result);
  }

  // Every result is here, so every batch is submitted: no deadline can be missed by moving the clock.
  if (!withLiar) await chain.passTime(terms.challengeWindowSeconds + 1);
  await handle.settled({ signal: either });
  // Challenges that came beside the first are judged too.
  await windowsPassed;
  const workers = plans.filter(({ roles }) => roles.includes("worker")).map(addressOf);
  for (const token of new Set([zeroAddress, terms.token])) {
    await untilWithdrawn((account) => market.getCredit({ account, token }), workers, either);
  }
  if (jury !== undefined) {
    await untilWithdrawn((account) => jury.getCredit({ account }), jurors.map(addressOf), either);
  }
  await untilWithdrawn((account) => proof.getCredit({ account }), workers, either);
  over.abort();
  await Promise.allSettled(background);
  view.closed();

  const accounts = await readJobAccounts(market, {
    jobId,
    terms,
    batchTasks: (batch) => batchRange(terms, batch).count,
    parties: [chain.account(REQUESTER).address, ...workers],
  });
  const juryAccounts = jury && (await readJuryAccounts(jury, jurors.map(addressOf)));
  const proofAccounts = await readProofAccounts(proof, [
    ...[chain.account(REQUESTER).address, ...workers],
  ]);
  const spending = await readSpending(market.public, {
    fromBlock: 0n,
    toBlock: await market.public.getBlockNumber({ cacheTime: 0 }),
  });
  const spendingOf = (account: Address) =>
    spending.get(account.toLowerCase() as Address) ?? NOTHING_SPENT;
  return {
    ...accounts,
    requester: spendingOf(chain.account(REQUESTER).address),
    jurors: sumSpending(jurors.map((plan) => spendingOf(addressOf(plan)))),
    jobId,
    marketplace: chain.marketplace,
    tasks: terms.taskCount,
    batches,
    jury: juryAccounts,
    proof: proofAccounts,
    liarEarnedWei: liar === undefined ? 0n : earnedBy(accounts, addressOf(liar)),
    workers: workers.map((address) => ({
      tasks: 0,
      batches: 0,
      earnedWei: 0n,
      ...accounts.workers.find((account) => account.address === address),
      ...spendingOf(address),
      address,
    })),
    secondsToFirstResult: secondsToFirstResult ?? 0,
    secondsTotal: seconds(started),
  };
}

const earnedBy = ({ workers }: JobAccounts, account: Address): bigint =>
  workers.find(({ address }) => address === account)?.earnedWei ?? 0n;

/** Turns what the nodes log into progress. */
function createTally(
  progress: Progress,
  { rewardPerTask }: LocalJob,
  changed: () => void,
): (log: NodeLog) => void {
  const claimed = new Set<unknown>();
  const doneByBatch = new Map<unknown, number>();
  return (log) => {
    switch (log.msg) {
      case "batch claimed":
        // One that is open again after a slash is claimed twice.
        progress.batchesClaimed = claimed.add(log.batch).size;
        break;
      case "task computed":
        doneByBatch.set(log.batch, Number(log.done));
        progress.tasksDone = doneByBatch.values().reduce((sum, done) => sum + done, 0);
        break;
      case "batch settled":
        progress.tasksPaid += Number(BigInt(String(log.reward)) / rewardPerTask);
        break;
      default:
        return;
    }
    changed();
  };
}

/** Resolves when none of the accounts has credit left. */
async function untilWithdrawn(
  creditOf: (account: Address) => Promise<bigint>,
  accounts: readonly Address[],
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const credits = await Promise.all(accounts.map(creditOf));
    if (credits.every((credit) => credit === 0n)) return;
    await delay(POLLING_INTERVAL_MS, undefined, { signal });
  }
}
