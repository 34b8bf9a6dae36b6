import type { CID } from "multiformats/cid";
import type { AbortOptions } from "../../concurrency/abortOptions.ts";
import { mapConcurrently } from "../../concurrency/mapConcurrently.ts";
import { RAW_CODE } from "../cid/codec.ts";
import { ContentTooLargeError, MalformedContentError } from "../errors/content.ts";
import { type BlockReader, MAX_BLOCK_BYTES } from "./content.ts";
import { decodeLargerContent } from "./larger.ts";
import { readBlock } from "./readBlock.ts";

/** Blocks of one content fetched at a time. */
const CONCURRENT_BLOCKS = 4;

export interface GetBytesOptions extends AbortOptions {
  /** Expected length of the content, if a manifest or a similar source states one. */
  byteLength?: number | undefined;
  /** Maximum length in bytes. Longer content is not fetched, and no memory is reserved for it. */
  maxBytes: number;
}

/**
 * Reads the content that {@link putBytes} stored under `cid`. Every block is checked against its CID.
 *
 * @throws {@link ContentTooLargeError} when it is longer than `maxBytes`.
 * @throws {@link MalformedContentError} when its length is not `byteLength`, or its root is not well-formed.
 */
export async function getBytes(
  reader: BlockReader,
  cid: CID,
  { byteLength, maxBytes, signal }: GetBytesOptions,
): Promise<Uint8Array> {
  const check = (actual: number) => {
    if (actual > maxBytes) throw new ContentTooLargeError(`Content ${cid}`, actual, maxBytes);
    if (byteLength !== undefined && actual !== byteLength) {
      throw new MalformedContentError(cid, `it has ${actual} bytes instead of ${byteLength}`);
    }
  };
  if (byteLength !== undefined) check(byteLength);

  const block = await readBlock(reader, cid, { signal });
  if (cid.code === RAW_CODE) {
    check(block.length);
    return block;
  }

  const larger = decodeLargerContent(cid, block);
  check(larger.byteLength);
  const bytes = new Uint8Array(larger.byteLength);
  const pieces = mapConcurrently(
    larger.links.entries(),
    CONCURRENT_BLOCKS,
    async ([i, link], signal) => {
      const piece = await readBlock(reader, link.cid, { signal });
      if (piece.length !== link.byteLength) {
        throw new MalformedContentError(
          cid,
          `link ${i} has ${piece.length} bytes instead of ${link.byteLength}`,
        );
      }
      bytes.set(piece, i * MAX_BLOCK_BYTES);
    },
    { signal },
  );
  for await (const _ of pieces);
  return bytes;
}
