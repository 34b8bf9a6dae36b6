import type { CID } from "multiformats/cid";
import { cidOf } from "../cid/cidOf.ts";
import { ContentNotFoundError, ContentTooLargeError } from "../errors/content.ts";
import { type Content, MAX_BLOCK_BYTES } from "./content.ts";

/**
 * Blocks in this process's memory: for tests, and for a requester and worker in one process. It has no network, so a
 * block that was not put is not found at once.
 */
export function memoryContent(): Content {
  const blocks = new Map<string, Uint8Array>();

  const content: Content = {
    async get(cid: CID, options) {
      options?.signal?.throwIfAborted();
      const bytes = blocks.get(cid.toString());
      if (bytes === undefined) throw new ContentNotFoundError(cid);
      return bytes.slice();
    },
    async put(bytes, options) {
      options?.signal?.throwIfAborted();
      if (bytes.length > MAX_BLOCK_BYTES) {
        throw new ContentTooLargeError("A block", bytes.length, MAX_BLOCK_BYTES);
      }
      const cid = cidOf(bytes, options?.codec);
      // The caller may go on to write into its buffer.
      blocks.set(cid.toString(), bytes.slice());
      return cid;
    },
    async provide(_cid, options) {
      options?.signal?.throwIfAborted();
    },
    session: () => content,
  };
  return content;
}
