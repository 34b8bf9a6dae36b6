import { ContentTooLargeError } from "../errors/content.ts";
import { MAX_BLOCK_BYTES } from "./content.ts";

/**
 * Joins the parts of a block as they come. No more than a block is read, whatever is sent.
 * @param what - names it in the error.
 *
 * @throws {@link ContentTooLargeError}
 */
export async function joinBlock(
  parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  what: string,
): Promise<Uint8Array> {
  const read: Uint8Array[] = [];
  let length = 0;
  for await (const part of parts) {
    length += part.length;
    if (length > MAX_BLOCK_BYTES) throw new ContentTooLargeError(what, length, MAX_BLOCK_BYTES);
    read.push(part);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of read) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
