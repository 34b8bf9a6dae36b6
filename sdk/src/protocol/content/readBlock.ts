import type { CID } from "multiformats/cid";
import type { AbortOptions } from "../../concurrency/abortOptions.ts";
import { verifyBlock } from "../cid/verifyBlock.ts";
import { ContentTooLargeError } from "../errors/content.ts";
import { type BlockReader, MAX_BLOCK_BYTES } from "./content.ts";

/**
 * One block of at most {@link MAX_BLOCK_BYTES}. A reader has checked it already; since readers are pluggable and blake3
 * takes 0.1 ms for a MiB, it is checked here as well.
 */
export async function readBlock(
  reader: BlockReader,
  cid: CID,
  options: AbortOptions = {},
): Promise<Uint8Array> {
  const bytes = await reader.get(cid, options);
  if (bytes.length > MAX_BLOCK_BYTES) {
    throw new ContentTooLargeError(`Block ${cid}`, bytes.length, MAX_BLOCK_BYTES);
  }
  verifyBlock(cid, bytes);
  return bytes;
}
