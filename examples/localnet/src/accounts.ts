import type { JobId, MarketClient, Slash } from "@assay/sdk";
import type { Address } from "viem";
import { LocalnetError } from "./errors.ts";

export interface WorkerAccount {
  address: Address;
  tasks: number;
  batches: number;
  /** What the chain credited for settled batches, in wei. */
  earnedWei: bigint;
}

/** What one worker lost, and who got it, in wei. */
export type SlashAccount = Slash & { batch: number; worker: Address; challenger: Address };

/** Nobody can withdraw its credit: what is burned is booked here. */
const NOBODY: Address = "0x000000000000000000000000000000000000dEaD";

/** One job's money, as the chain's own events and state tell it. */
export interface JobAccounts {
  escrowWei: bigint;
  paidWei: bigint;
  refundWei: bigint;
  /** How many tasks were put to the arbiter. */
  challenges: number;
  /** What became of the stake of workers that were wrong. */
  slashes: SlashAccount[];
  /** All of it together. */
  slashedWei: bigint;
  /** What the Marketplace holds now, for everybody. */
  contractBalanceWei: bigint;
  /** What of it is stake and credit that the given accounts can withdraw. */
  owedWei: bigint;
  workers: WorkerAccount[];
}

/**
 * Adds up a finished job from the chain and checks it to the wei.
 * @param parties - every account with stake or credit on this Marketplace.
 * @throws {@link LocalnetError} `BOOKS_DO_NOT_BALANCE` when paid + refunded ≠ escrow, or when the contract holds more or less
 * than it owes.
 */
export async function readJobAccounts(
  market: MarketClient,
  {
    jobId,
    terms,
    batchTasks,
    parties,
  }: {
    jobId: JobId;
    terms: { taskCount: number; rewardPerTask: bigint };
    batchTasks: (batch: number) => number;
    parties: readonly Address[];
  },
): Promise<JobAccounts> {
  const toBlock = await market.public.getBlockNumber({ cacheTime: 0 });
  const events = await market.getMarketEvents({ fromBlock: 0n, toBlock, jobId });
  const workers = new Map<Address, WorkerAccount>();
  let paidWei = 0n;
  let refundWei = 0n;
  let challenges = 0;
  const slashes: SlashAccount[] = [];
  for (const event of events) {
    if (event.type === "jobCancelled") refundWei += event.refund;
    if (event.type === "batchRefunded") refundWei += event.amount;
    if (event.type === "batchChallenged") challenges += 1;
    if (event.type === "workerSlashed") {
      const { batch, worker, challenger, slashed, burned, reward, compensation } = event;
      slashes.push({ batch, worker, challenger, slashed, burned, reward, compensation });
    }
    if (event.type !== "batchSettled") continue;
    paidWei += event.reward;
    const account = workers.get(event.worker) ?? {
      address: event.worker,
      tasks: 0,
      batches: 0,
      earnedWei: 0n,
    };
    account.tasks += batchTasks(event.batch);
    account.batches += 1;
    account.earnedWei += event.reward;
    workers.set(event.worker, account);
  }

  let owedWei = 0n;
  for (const account of [...parties, NOBODY]) {
    const { stake, unbonding } = await market.getAccount({ account });
    owedWei += stake + unbonding + (await market.getCredit({ account }));
  }
  const contractBalanceWei = await market.getBalance();
  const escrowWei = BigInt(terms.taskCount) * terms.rewardPerTask;
  if (paidWei + refundWei !== escrowWei || contractBalanceWei !== owedWei) {
    throw new LocalnetError(
      "BOOKS_DO_NOT_BALANCE",
      `The books do not balance: escrow ${escrowWei} wei, paid ${paidWei}, refunded ${refundWei}; the contract holds ${contractBalanceWei} and owes ${owedWei}.`,
    );
  }
  return {
    escrowWei,
    paidWei,
    refundWei,
    challenges,
    slashes,
    slashedWei: slashes.reduce((sum, { slashed }) => sum + slashed, 0n),
    contractBalanceWei,
    owedWei,
    workers: [...workers.values()],
  };
}
