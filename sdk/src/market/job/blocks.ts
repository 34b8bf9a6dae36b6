import { BlockNotFoundError, type Hex } from "viem";
import { abortable } from "../../concurrency/abortable.ts";
import type { AbortOptions } from "../../concurrency/abortOptions.ts";
import { pause } from "../../concurrency/pause.ts";
import type { MarketContext } from "../context/marketContext.ts";

export interface SeenBlock {
  number: bigint;
  hash: Hex;
  /** Unix seconds. */
  timestamp: bigint;
  /** Whether the block seen before is not below this one: what was read up to it has to be read again. */
  reorganised: boolean;
}

/** Every latest block that has the client's confirmations, as often as the client polls; unchanged ones are passed over. */
export async function* watchBlocks(
  client: MarketContext,
  { signal }: AbortOptions = {},
): AsyncGenerator<SeenBlock, never, undefined> {
  let seen: SeenBlock | undefined;
  for (;;) {
    const block = await abortable(confirmedBlock(client), signal);
    if (block !== undefined && block.hash !== seen?.hash) {
      const reorganised =
        seen !== undefined &&
        block.parentHash !== seen.hash &&
        (await abortable(hashAt(client, seen.number), signal)) !== seen.hash;
      const { number, hash, timestamp } = block;
      seen = { number, hash, timestamp, reorganised };
      yield seen;
    }
    await pause(client.pollingIntervalMs, signal);
  }
}

async function confirmedBlock(client: MarketContext) {
  const latest = await client.public.getBlock();
  const depth = BigInt(client.confirmations - 1);
  if (depth === 0n) return latest;
  if (latest.number < depth) return undefined;
  return client.public.getBlock({ blockNumber: latest.number - depth });
}

async function hashAt(client: MarketContext, blockNumber: bigint): Promise<Hex | undefined> {
  try {
    return (await client.public.getBlock({ blockNumber })).hash;
  } catch (error) {
    if (error instanceof BlockNotFoundError) return undefined;
    throw error;
  }
}
