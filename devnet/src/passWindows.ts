import { setTimeout as delay } from "node:timers/promises";
import {
  type BatchState,
  batchCount,
  type Dispute,
  type DisputeId,
  type JobHandle,
  type JuryClient,
  type MarketClient,
  type ProofClient,
  Ruling,
} from "@assay/sdk";
import type { Address } from "viem";
import type { LocalChain } from "./chain.ts";
import { POLLING_INTERVAL_MS } from "./network.ts";

/** Chain time that everybody keeps at least for what they still have to do, in seconds. */
const LEFT_FOR_OTHERS_SECONDS = 120;

/** A time that only has to pass, or one by which somebody has to act. Unix seconds. */
interface Times {
  passing: number[];
  deadlines: number[];
}

/**
 * Passes the chain's time on until every batch of a job is settled or void, and every challenge carried out. The clock moves only over windows in which nobody has
 * anything left to do: the challenge windows of batches that everybody has looked at, once nothing of the job is open, the
 * appeal windows of rulings, and the clocks of parties that have stopped moving. It never comes near a time by which a worker, an auditor or
 * a juror has to act.
 * @param isClear - whether all who would challenge a submission have looked at it.
 * @param isStopped - whether a party makes no move in a dispute any more.
 */
export async function passWindows(
  {
    chain,
    market,
    ...arbiters
  }: {
    chain: Pick<LocalChain, "passTime">;
    market: MarketClient;
    jury: JuryClient | undefined;
    proof: ProofClient;
  },
  { jobId, terms }: Pick<JobHandle, "jobId" | "terms">,
  {
    isClear,
    isStopped,
    signal,
  }: {
    isClear: (batch: number, worker: string) => boolean;
    isStopped: (id: DisputeId, account: Address) => boolean;
    signal: AbortSignal;
  },
): Promise<void> {
  const pending = new Map<DisputeId, Dispute>();
  /** Batches that were found right, whatever auditors think. */
  const upheld = new Set<number>();
  for (let fromBlock = 0n; ; ) {
    const { number: blockNumber, timestamp } = await market.public.getBlock();
    const at = { blockNumber, signal };
    const range = { fromBlock, toBlock: blockNumber, signal };
    for (const event of await market.getMarketEvents({ ...range, jobId })) {
      if (event.type === "batchChallenged") pending.set(event.id, event.dispute);
      if (event.type !== "challengeResolved") continue;
      pending.delete(event.id);
      if (event.ruling === Ruling.workerRight) upheld.add(event.batch);
    }
    fromBlock = blockNumber + 1n;
    const states = await market.getBatches({ jobId, count: batchCount(terms), ...at });
    const unfinished = states.filter(({ status }) => status !== "settled" && status !== "void");
    if (unfinished.length === 0 && pending.size === 0) return;
    const times = timesOfBatches(unfinished, {
      terms,
      isClear: (batch, worker) => upheld.has(batch) || isClear(batch, worker),
    });
    for (const [id, dispute] of pending) {
      const { passing, deadlines } = await timesOfDispute(arbiters, {
        ...{ id, dispute, isStopped, ...at },
      });
      times.passing.push(...passing);
      times.deadlines.push(...deadlines);
    }
    const next = Math.max(...times.passing);
    const seconds = next - Number(timestamp);
    if (seconds > 0 && times.deadlines.every((time) => time >= next + LEFT_FOR_OTHERS_SECONDS)) {
      await chain.passTime(seconds);
    }
    await delay(POLLING_INTERVAL_MS, undefined, { signal });
  }
}

/** A dispute is either the jury's or a game. */
async function timesOfDispute(
  { jury, proof }: { jury: JuryClient | undefined; proof: ProofClient },
  {
    dispute,
    isStopped,
    ...at
  }: {
    id: DisputeId;
    dispute: Dispute;
    isStopped: (id: DisputeId, account: Address) => boolean;
    blockNumber: bigint;
    signal: AbortSignal;
  },
): Promise<Times> {
  const times: Times = { passing: [], deadlines: [] };
  const standing = await jury?.getStanding(at);
  if (standing?.stage === "appealable") times.passing.push(standing.endsAt);
  else if (standing !== undefined && standing.endsAt > 0) times.deadlines.push(standing.endsAt);
  const { stage, since, isChallengersTurn, workerLeft, challengerLeft } = await proof.getGame(at);
  if (stage !== "none" && stage !== "over") {
    const endsAt = since + (isChallengersTurn ? challengerLeft : workerLeft);
    const mover = isChallengersTurn ? dispute.challenger : dispute.worker;
    (isStopped(at.id, mover) ? times.passing : times.deadlines).push(endsAt);
  }
  return times;
}

function timesOfBatches(
  states: readonly BatchState[],
  {
    terms,
    isClear,
  }: {
    terms: JobHandle["terms"];
    isClear: (batch: number, worker: string) => boolean;
  },
): Times {
  const times: Times = { passing: [], deadlines: [] };
  const allSubmitted = states.every(({ status }) => status === "submitted");
  for (const { batch, status, worker, timestamp } of states) {
    if (status === "claimed") times.deadlines.push(timestamp);
    if (status !== "submitted") continue;
    const settleableAt = timestamp + terms.challengeWindowSeconds;
    if (!isClear(batch, worker)) times.deadlines.push(settleableAt);
    else if (allSubmitted) times.passing.push(settleableAt);
  }
  return times;
}
