import type { MarketClient } from "@assay/sdk";
import type { BlockRef } from "../store/blockStore.ts";
import { ChainBehindError, ReorgTooDeepError } from "./errors.ts";
import { type Header, readHeader } from "./header.ts";

/**
 * Finds the newest read block that the chain still has. Returns `undefined` if the chain has all of them.
 * @param read - newest first.
 * @param head - the chain's.
 *
 * @throws {@link ChainBehindError} when the chain ends before the last read block, and has replaced none of the read blocks so far.
 * @throws {@link ReorgTooDeepError}
 */
export async function commonAncestor(
  client: Pick<MarketClient, "public">,
  { read, head, maxReorgDepth }: { read: readonly BlockRef[]; head: Header; maxReorgDepth: number },
  signal: AbortSignal,
): Promise<bigint | undefined> {
  const [newest] = read;
  if (newest === undefined) return undefined;
  const [last, ...earlier] = read.filter(({ number }) => number <= head.number);
  const isThere = async (block: BlockRef) =>
    (await hashAt(client, block.number, head, signal)) === block.hash;
  if (last === newest && (await isThere(newest))) return undefined;
  // A block missing at the end may still come; a replaced block does not come back.
  if (last === undefined || (last !== newest && (await isThere(last)))) {
    throw new ChainBehindError(head.number, newest.number);
  }
  for (const block of earlier) if (await isThere(block)) return block.number;
  throw new ReorgTooDeepError(newest.number, maxReorgDepth);
}

/** The two newest hashes are in the head itself. */
async function hashAt(
  client: Pick<MarketClient, "public">,
  number: bigint,
  head: Header,
  signal: AbortSignal,
) {
  if (number === head.number) return head.hash;
  if (number === head.number - 1n) return head.parentHash;
  return (await readHeader(client, number, signal)).hash;
}
