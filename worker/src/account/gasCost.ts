import { BATCH_GAS, type MarketClient } from "@assay/sdk";

/** Gas of a batch from claim to settlement at the current price, in wei. */
export async function costOfBatch(
  { public: chain }: Pick<MarketClient, "public">,
  signal: AbortSignal,
): Promise<bigint> {
  const price = await chain.getGasPrice();
  signal.throwIfAborted();
  return price * BATCH_GAS;
}
