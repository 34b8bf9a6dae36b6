import { parseEther } from "viem";
import { FIRST_WORKER, workerPlans } from "./network.ts";
import type { NodePlan } from "./worker.ts";

/**
 * Stake locked for a batch: ten times the Marketplace's minimum. An auditor does not challenge if the gas costs more than its gain, and its
 * gain is a share of half of this stake.
 */
export const STAKE_PER_BATCH_WEI = parseEther("0.01");
/** That of `ignition/parameters/local.json`. */
const TICKET_WEI = parseEther("0.001");
/** Seats of the first panel. Neither the requester nor any worker is a juror, so nobody is left out. */
const JURORS = 3;
/** A majority of them. */
const BRIBED = 2;
/** A lie in every task is found by looking at some. */
const AUDIT_RATE = 0.1;

export interface Plans {
  liar: NodePlan | undefined;
  honest: NodePlan[];
  jurors: NodePlan[];
}

/**
 * Who takes part: workers, of whom the first may be a liar. Then the others are auditors as well. The liar has stake for one batch, so
 * that it lies once. Where a jury decides, the liar has bribed most of it.
 * @param batches - of the job; every honest worker has stake for all of them.
 */
export function planNodes({
  workers,
  batches,
  withLiar,
  withJury,
}: {
  workers: number;
  batches: number;
  withLiar: boolean;
  withJury: boolean;
}): Plans {
  const all = workerPlans(workers, STAKE_PER_BATCH_WEI * BigInt(batches));
  const [first, ...others] = all;
  if (!withLiar || first === undefined) return { liar: undefined, honest: all, jurors: [] };
  return {
    liar: { ...first, name: "the liar", stakeWei: STAKE_PER_BATCH_WEI, lies: true },
    honest: others.map((plan) => ({
      ...{ ...plan, roles: ["worker", "auditor"] as const, auditRate: AUDIT_RATE },
    })),
    jurors: withJury
      ? jurorPlans(JURORS, { after: workers, stakeWei: TICKET_WEI }).map((plan, index) => ({
          ...{ ...plan, lies: index < BRIBED },
        }))
      : [],
  };
}

/** Jurors whose accounts come after those of so many workers. */
export function jurorPlans(
  count: number,
  { after, stakeWei }: { after: number; stakeWei: bigint },
): NodePlan[] {
  return Array.from({ length: count }, (_, index) => ({
    ...{ name: `juror-${index + 1}`, account: FIRST_WORKER + after + index },
    ...{ roles: ["juror"], stakeWei: 0n, jurorStakeWei: stakeWei },
  }));
}
