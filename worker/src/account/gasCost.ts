import type { MarketClient } from "@assay/sdk";
import { BATCH_GAS } from "./gasReserve.ts";

/** Gas of a batch from claim to settlement at the current price, in wei. */
export async function costOfBatch(
  { public: chain }: Pick<MarketClient, "public">,
  signal: AbortSignal,
): Promise<bigint> {
  const price = await chain.getGasPrice();
  signal.throwIfAborted();
  return price * BATCH_GAS;
}

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
  const PARTS = 1_000_000;
  return gasWei * BigInt(PARTS) <= rewardWei * BigInt(Math.round(maxGasShare * PARTS));
}
