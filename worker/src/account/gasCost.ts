import { BATCH_GAS, batchDataFee, type MarketClient } from "@assay/sdk";

/** What a batch costs from claim to settlement now, in wei: its gas, and what a rollup charges for the data. */
export async function costOfBatch(
  client: Pick<MarketClient, "public">,
  signal: AbortSignal,
): Promise<bigint> {
  const [price, dataFee] = await Promise.all([
    client.public.getGasPrice(),
    batchDataFee(client, signal),
  ]);
  signal.throwIfAborted();
  return price * BATCH_GAS + dataFee;
}

/** For answers to other peers, a cost may be so old, in milliseconds: whoever asks often asks the chain no oftener. */
const COST_AGE_MS = 15_000;

/** Reads {@link costOfBatch}, at most every {@link COST_AGE_MS}. */
export function createCostReader(
  client: Pick<MarketClient, "public">,
  signal: AbortSignal,
): () => Promise<bigint> {
  let last: { cost: Promise<bigint>; atMs: number } | undefined;
  return () => {
    const atMs = performance.now();
    if (last === undefined || atMs - last.atMs > COST_AGE_MS) {
      const cost = costOfBatch(client, signal);
      const read = { cost, atMs };
      last = read;
      // What could not be read is read again.
      cost.catch(() => {
        if (last === read) last = undefined;
      });
    }
    return last.cost;
  };
}
