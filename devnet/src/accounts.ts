import type { JobId, MarketClient, Slash } from "@assay/sdk";
import { type Address, erc20Abi, zeroAddress } from "viem";
import { LocalnetError } from "./errors.ts";

export interface WorkerAccount {
  address: Address;
  tasks: number;
  batches: number;
  /** What the chain credited for settled batches, in wei or the token's smallest unit. */
  earnedWei: bigint;
}

/** What one worker lost, and who got it, in wei. */
export type SlashAccount = Slash & { batch: number; worker: Address; challenger: Address };

/** The currency of a job: the native coin, or the local chain's token. */
export type Unit = "ETH" | "PLAY";

/** Nobody can withdraw its credit: what is burned is booked here. */
const NOBODY: Address = "0x000000000000000000000000000000000000dEaD";

/** One job's money, as the chain's own events and state tell it: escrow and rewards in wei, or the token's smallest unit. */
export interface JobAccounts {
  unit: Unit;
  escrowWei: bigint;
  paidWei: bigint;
  refundWei: bigint;
  /** How many tasks were put to the arbiter. */
  challenges: number;
  /** The slashes of workers that were wrong. */
  slashes: SlashAccount[];
  /** All of it together. */
  slashedWei: bigint;
  /** The Marketplace's current balance, for all accounts together. */
  contractBalanceWei: bigint;
  /** What of it is stake and credit that the given accounts can withdraw, and what nobody can: burned, or behind questions never asked. */
  owedWei: bigint;
  workers: WorkerAccount[];
}

/**
 * Adds up a finished job from the chain and checks it to the wei.
 * @param parties - every account with stake or credit on this Marketplace.
 * @throws {@link LocalnetError} `BOOKS_DO_NOT_BALANCE` when paid + refunded ≠ escrow, or when the contract holds more or less
 * than it owes, of the native coin or of the job's token; or when a worker does not have the tokens that it earned.
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
    terms: { taskCount: number; rewardPerTask: bigint; token: Address };
    batchTasks: (batch: number) => number;
    parties: readonly Address[];
  },
): Promise<JobAccounts> {
  const toBlock = await market.public.getBlockNumber({ cacheTime: 0 });
  const all = await market.getMarketEvents({ fromBlock: 0n, toBlock });
  const events = all.filter((event) => "jobId" in event && event.jobId === jobId);
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
      const { batch, worker, asker: challenger } = event;
      const { slashed, burned, reward, reserved, compensation } = event;
      const slash = { slashed, burned, reward, reserved, compensation };
      slashes.push({ batch, worker, challenger, ...slash });
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
  for (const event of all) {
    if (event.type !== "questionPrepared") continue;
    const { asker, commitment } = event;
    owedWei += (await market.getPreparation({ asker, commitment })).amount;
  }
  await checkTokens(market, terms.token, { parties, workers });
  const contractBalanceWei = await market.getBalance();
  const escrowWei = BigInt(terms.taskCount) * terms.rewardPerTask;
  if (paidWei + refundWei !== escrowWei || contractBalanceWei !== owedWei) {
    throw new LocalnetError(
      "BOOKS_DO_NOT_BALANCE",
      `The books do not balance: escrow ${escrowWei} wei, paid ${paidWei}, refunded ${refundWei}; the contract holds ${contractBalanceWei} and owes ${owedWei}.`,
    );
  }
  return {
    unit: terms.token === zeroAddress ? "ETH" : "PLAY",
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

/** Tokens, unlike coins, leave nothing behind: whatever the Marketplace has of them is somebody's credit, and what was earned is withdrawn. */
async function checkTokens(
  market: MarketClient,
  token: Address,
  { parties, workers }: { parties: readonly Address[]; workers: Map<Address, WorkerAccount> },
): Promise<void> {
  if (token === zeroAddress) return;
  const balanceOf = (account: Address) =>
    market.public.readContract({
      ...{ address: token, abi: erc20Abi, functionName: "balanceOf", args: [account] },
    });
  let owed = 0n;
  for (const account of parties) owed += await market.getCredit({ account, token });
  const held = await balanceOf(market.marketplace);
  if (held !== owed) {
    throw new LocalnetError(
      "BOOKS_DO_NOT_BALANCE",
      `The books do not balance: the contract holds ${held} units of the token and owes ${owed}.`,
    );
  }
  for (const { address, earnedWei } of workers.values()) {
    const has = await balanceOf(address);
    if (has === earnedWei) continue;
    throw new LocalnetError(
      "BOOKS_DO_NOT_BALANCE",
      `The books do not balance: worker ${address} earned ${earnedWei} units of the token and has ${has}.`,
    );
  }
}
