import { setTimeout as delay } from "node:timers/promises";
import {
  FIRST_WORKER,
  LocalnetError,
  POLLING_INTERVAL_MS,
  REQUESTER,
  startLocalnet,
  workerPlans,
} from "@assay/devnet";
import type { Address } from "viem";
import { hardhat } from "viem/chains";
import { createLocalProgram } from "../../../shared/src/programs/localProgram.ts";
import { payableOf } from "../federation/findings.ts";
import type { Federation } from "../federation/prepare.ts";
import { runTraining, type Training, type TrainOptions } from "../federation/training.ts";
import { sharesOf } from "../incentives/payout.ts";
import { sha256 } from "../learning/model.ts";
import type { ProgramName } from "../programs/programs.ts";
import { batchSize, createMarketCompute } from "./compute.ts";
import { payClients } from "./payClients.ts";

export interface MarketRunOptions {
  programs: ReadonlyMap<ProgramName, Uint8Array>;
  workers: number;
  port: number;
  rewardWei: bigint;
  budgetWei: bigint;
  onReady?: (network: { rpcUrl: string; marketplace: Address; seconds: number }) => void;
  onProgress?: (progress: MarketProgress) => void;
  /** Where the training goes on, where it is saved, and who hears of its rounds. */
  train?: TrainOptions;
  signal: AbortSignal;
}

export interface MarketProgress {
  rounds: number;
  /** Tasks whose result has come and is verified. */
  tasks: number;
  clientsPaid: number;
}

export interface MarketRunReport {
  training: Training;
  modelSha256: string;
  jobs: number;
  tasks: number;
  workers: { address: Address; earnedWei: bigint }[];
  clients: { client: number; address: Address; earnedWei: bigint }[];
  /** Escrow of all jobs, wei; all was paid. */
  escrowWei: bigint;
  secondsTotal: number;
}

interface Programs {
  get(name: ProgramName): Uint8Array;
}

/**
 * Trains on a marketplace that exists for this run alone: a chain, worker processes and a coordinator on this machine. When it is over,
 * every process is gone.
 * @throws {@link LocalnetError} when the network fails or the books do not balance.
 */
export async function runOnMarket(
  federation: Federation,
  options: MarketRunOptions,
): Promise<MarketRunReport> {
  const { workers, rewardWei, budgetWei, signal: stop } = options;
  const started = performance.now();
  const failure = new AbortController();
  const signal = AbortSignal.any([stop, failure.signal]);
  const programs: Programs = {
    get(name) {
      const wasm = options.programs.get(name);
      if (wasm === undefined) throw new RangeError(`${name} is not loaded`);
      return wasm;
    },
  };
  const { clients, rounds } = federation.options;
  const progress: MarketProgress = { rounds: 0, tasks: 0, clientsPaid: 0 };
  const changed = () => options.onProgress?.({ ...progress });

  await using network = await startLocalnet({
    // Clients have accounts too, behind those of the workers.
    nodes: workers + clients,
    port: options.port,
    signal,
    onFailure: (error) => failure.abort(error),
  });
  const { chain, market } = network;
  const { minStakePerBatch, minChallengeWindowSeconds } = await market.getParameters();
  // In the worst case one worker wins every batch, those of the clients' evaluation too, and each stays locked until the end.
  const perRound = Math.ceil(clients / batchSize(clients, workers)) + 1;
  const plans = workerPlans(workers, minStakePerBatch * BigInt((rounds + 1) * perRound + 1));
  await network.start(plans);
  const seconds = () => (performance.now() - started) / 1000;
  options.onReady?.({ rpcUrl: chain.rpcUrl, marketplace: chain.marketplace, seconds: seconds() });

  const compute = createMarketCompute({
    market,
    programs: options.programs,
    rewardWei,
    workers,
    onResult() {
      progress.tasks += 1;
      changed();
    },
  });
  const evaluate = createLocalProgram(programs.get("evaluate"));
  const training = await runTraining(compute, evaluate, federation, {
    ...options.train,
    onRound(report) {
      options.train?.onRound?.(report);
      progress.rounds = report.round;
      changed();
    },
    signal,
  });

  const modelSha256 = sha256(training.model);
  const shares = sharesOf(budgetWei, payableOf(training));
  const paid = await payClients(
    [...shares].map(([client, wei]) => ({
      client,
      wei,
      account: chain.account(FIRST_WORKER + workers + client),
      record: recordOf(client, training, modelSha256),
    })),
    {
      requester: chain.account(REQUESTER),
      chain: hardhat,
      rpcUrl: chain.rpcUrl,
      receipt: programs.get("receipt"),
      program: createLocalProgram(programs.get("receipt")),
      pollingIntervalMs: POLLING_INTERVAL_MS,
      onPaid() {
        progress.clientsPaid += 1;
        changed();
      },
      signal,
    },
    chain.marketplace,
  );

  // Everything is submitted: no deadline can be missed by moving the clock.
  await chain.passTime(minChallengeWindowSeconds + 1);
  for (const job of compute.jobs) await job.settled({ signal });
  for (const { market: own, job } of paid) {
    await own.settle({ terms: job.terms, batches: [0], signal });
    await own.withdraw({ signal });
  }
  const addresses = plans.map(({ account }) => chain.account(account).address);
  await untilWithdrawn(market, addresses, signal);

  const earned = new Map<string, bigint>();
  let escrowWei = 0n;
  let tasks = 0;
  for (const { terms } of [...compute.jobs, ...paid.map(({ job }) => job)]) {
    escrowWei += BigInt(terms.taskCount) * terms.rewardPerTask;
    tasks += terms.taskCount;
  }
  const toBlock = await market.public.getBlockNumber({ cacheTime: 0 });
  for (const event of await market.getMarketEvents({ fromBlock: 0n, toBlock })) {
    if (event.type !== "batchSettled") continue;
    const key = event.worker.toLowerCase();
    earned.set(key, (earned.get(key) ?? 0n) + event.reward);
  }
  const earnedBy = (address: Address) => earned.get(address.toLowerCase()) ?? 0n;
  const paidWei = earned.values().reduce((sum, wei) => sum + wei, 0n);
  if (paidWei !== escrowWei) {
    throw new LocalnetError(
      "BOOKS_DO_NOT_BALANCE",
      `The books do not balance: escrow ${escrowWei} wei, paid ${paidWei}.`,
    );
  }
  return {
    training,
    modelSha256,
    escrowWei,
    tasks,
    jobs: compute.jobs.length + paid.length,
    workers: addresses.map((address) => ({ address, earnedWei: earnedBy(address) })),
    clients: paid.map(({ client, address }) => ({
      client,
      address,
      earnedWei: earnedBy(address),
    })),
    secondsTotal: seconds(),
  };
}

/** A client's record of its own contribution, as JSON. */
function recordOf(client: number, { shapley, leaveOneOut }: Training, model: string): Uint8Array {
  const record = {
    client,
    model,
    shapley: shapley.get(client),
    leaveOneOut: leaveOneOut.get(client),
  };
  return new TextEncoder().encode(JSON.stringify(record));
}

async function untilWithdrawn(
  market: { getCredit(parameters: { account: Address }): Promise<bigint> },
  accounts: readonly Address[],
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const credits = await Promise.all(accounts.map((account) => market.getCredit({ account })));
    if (credits.every((credit) => credit === 0n)) return;
    await delay(POLLING_INTERVAL_MS, undefined, { signal });
  }
}
