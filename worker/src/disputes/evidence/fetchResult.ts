import {
  type AbortOptions,
  AssayError,
  type BlockReader,
  type Content,
  getBytes,
  Outcome,
  type ResultEntry,
} from "@assay/sdk";
import type { CID } from "multiformats/cid";

/**
 * A reader of a batch's results that asks whoever has the batch's manifest, and whoever has the block itself: only manifests are
 * provided as a rule, and a requester or auditor who kept a result may not have the rest.
 * @param results - the index of the batch's result manifest, if what its worker submitted is a CID.
 */
export function resultReader(content: Content, results: CID | undefined): BlockReader {
  if (results === undefined) return content;
  const session = content.session(results);
  return {
    async get(cid, { signal }: AbortOptions = {}) {
      const over = new AbortController();
      const either = signal === undefined ? over.signal : AbortSignal.any([signal, over.signal]);
      try {
        return await Promise.any(
          [session, content].map((reader) => reader.get(cid, { signal: either })),
        );
      } catch (error) {
        signal?.throwIfAborted();
        // Both have failed, for the same reason as a rule.
        throw error instanceof AggregateError ? error.errors[0] : error;
      } finally {
        over.abort();
      }
    },
  };
}

/** Whether a result can be fetched as it was promised. A failed task has nothing to fetch. */
export async function isAvailable(
  reader: BlockReader,
  entry: ResultEntry,
  signal: AbortSignal,
): Promise<boolean> {
  if (entry.outcome !== Outcome.ok) return true;
  const { cid, byteLength } = entry;
  try {
    await getBytes(reader, cid, { byteLength, maxBytes: byteLength, signal });
    return true;
  } catch (error) {
    // Not found, not in time, not as long as was said, or another content.
    if (error instanceof AssayError || signal.aborted) return false;
    throw error;
  }
}
