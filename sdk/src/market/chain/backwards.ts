import type { MarketContext } from "../context/marketContext.ts";
import { logRangeSize } from "./logRange.ts";

export interface BlockRange {
  fromBlock: bigint;
  /** Included. */
  toBlock: bigint;
}

/** A range of blocks in parts, the newest first, each as large as the endpoint is known to allow. */
export function* partsBackwards(
  { public: node }: Pick<MarketContext, "public">,
  { fromBlock, toBlock }: BlockRange,
): Generator<BlockRange, void, undefined> {
  const size = logRangeSize(node);
  for (let last = toBlock; last >= fromBlock; ) {
    const first = last - size.blocks + 1n;
    const part = { fromBlock: first > fromBlock ? first : fromBlock, toBlock: last };
    yield part;
    last = part.fromBlock - 1n;
  }
}
