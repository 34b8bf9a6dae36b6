import { ContentNotFoundError } from "../errors/content.ts";
import type { BlockReader } from "./content.ts";

/** Wraps a reader so that it gives up on a block after `timeoutMs`. The block then counts as not found. */
export function timedReader(reader: BlockReader, timeoutMs: number): BlockReader {
  return {
    async get(cid, { signal } = {}) {
      const timeout = AbortSignal.timeout(timeoutMs);
      const either = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
      try {
        return await reader.get(cid, { signal: either });
      } catch (cause) {
        if (timeout.aborted && signal?.aborted !== true) {
          throw new ContentNotFoundError(cid, { details: `not within ${timeoutMs} ms`, cause });
        }
        throw cause;
      }
    },
  };
}
