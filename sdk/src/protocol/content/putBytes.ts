import type { CID } from "multiformats/cid";
import type { AbortOptions } from "../../concurrency/abortOptions.ts";
import { ContentTooLargeError } from "../errors/content.ts";
import { type Content, MAX_BLOCK_BYTES } from "./content.ts";
import { encodeLargerContent } from "./larger.ts";

/** Bound on what one link takes in the root's dag-cbor; the root itself has to be a block. */
const LINK_BYTES = 48;
const ROOT_OVERHEAD_BYTES = 64;

/** Longest content, in bytes: some 21 GiB. */
export const MAX_CONTENT_BYTES =
  Math.floor((MAX_BLOCK_BYTES - ROOT_OVERHEAD_BYTES) / LINK_BYTES) * MAX_BLOCK_BYTES;

/**
 * Stores bytes of any length: one `raw` block up to 1 MiB, above that the blocks of 1 MiB and a root that lists them.
 *
 * @throws {@link ContentTooLargeError} above {@link MAX_CONTENT_BYTES}.
 */
export async function putBytes(
  content: Content,
  bytes: Uint8Array,
  { signal }: AbortOptions = {},
): Promise<CID> {
  if (bytes.length <= MAX_BLOCK_BYTES) return content.put(bytes, { signal });
  if (bytes.length > MAX_CONTENT_BYTES) {
    throw new ContentTooLargeError("The content", bytes.length, MAX_CONTENT_BYTES);
  }
  const links: { cid: CID; byteLength: number }[] = [];
  for (let from = 0; from < bytes.length; from += MAX_BLOCK_BYTES) {
    const piece = bytes.subarray(from, from + MAX_BLOCK_BYTES);
    links.push({ cid: await content.put(piece, { signal }), byteLength: piece.length });
  }
  const root = encodeLargerContent({ byteLength: bytes.length, links });
  return content.put(root, { signal, codec: "dag-cbor" });
}
