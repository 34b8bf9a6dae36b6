// What a node's policy counts with. Nodes import it, so that a quote is by their own arithmetic.

/**
 * Gas limits of a batch's transactions, whole: what they were measured to use (`bench/gas.snapshot.json`) and the fifth more that a
 * limit leaves. What a rollup charges for their data is not in it.
 */
export const STEP_GAS = { claim: 80_000n, submit: 70_000n, settle: 60_000n } as const;

/** Gas of one batch from its claim to its settlement. */
export const BATCH_GAS = STEP_GAS.claim + STEP_GAS.submit + STEP_GAS.settle;

/** Policy of a node that was given none. */
export const NODE_DEFAULTS = {
  /** Maximum share of a batch's reward that its gas may cost: 1 is all of it. */
  maxGasShare: 1,
  /** Maximum memory of a task, in pages of 64 KiB. */
  maxMemoryPages: 4_096,
  /** Maximum size of a result and of an input, in bytes. */
  maxResultBytes: 64 << 20,
  maxInputBytes: 64 << 20,
  maxTasksPerBatch: 100_000,
} as const;

/** A share is counted in so many parts. */
const PARTS = 1_000_000;

const partsOf = (share: number) => BigInt(Math.round(share * PARTS));

/** Whether the gas costs at most the share of the reward that the policy allows. */
export function isWorthItsGas({
  gasWei,
  rewardWei,
  maxGasShare,
}: {
  gasWei: bigint;
  rewardWei: bigint;
  /** 1 is the whole reward, `Infinity` no limit. */
  maxGasShare: number;
}): boolean {
  if (maxGasShare === Number.POSITIVE_INFINITY) return true;
  return gasWei * BigInt(PARTS) <= rewardWei * partsOf(maxGasShare);
}

/** The least reward of a task, in wei, with which a batch of `tasks` {@link isWorthItsGas}. */
export function leastReward({
  gasWei,
  tasks,
  maxGasShare,
}: {
  gasWei: bigint;
  tasks: number;
  maxGasShare: number;
}): bigint {
  if (maxGasShare === Number.POSITIVE_INFINITY) return 0n;
  const perWei = BigInt(tasks) * partsOf(maxGasShare);
  return (gasWei * BigInt(PARTS) + perWei - 1n) / perWei;
}

/** Time for claiming, fetching, providing and submitting, in seconds. */
const OVERHEAD_SECONDS = 5;
/** A batch may take this many times as long as the tried task suggests. */
const SAFETY = 2;

/** Whether a batch will be done in time if each task takes as long as the tried one. */
export function isDoneInTime({
  tasks,
  taskMs,
  processes,
  submitWindowSeconds,
}: {
  tasks: number;
  taskMs: number;
  /** Tasks that run at a time. */
  processes: number;
  submitWindowSeconds: number;
}): boolean {
  const computingSeconds = (Math.ceil(tasks / processes) * taskMs) / 1_000;
  return SAFETY * computingSeconds + OVERHEAD_SECONDS <= submitWindowSeconds;
}
