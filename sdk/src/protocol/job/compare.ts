import type { AbortOptions } from "../../concurrency/abortOptions.ts";
import { BLAKE3_CODE } from "../cid/codec.ts";
import type { BlockReader } from "../content/content.ts";
import { getBytes } from "../content/getBytes.ts";
import { memoryContent } from "../content/memoryContent.ts";
import { putBytes } from "../content/putBytes.ts";
import { Outcome, type ResultEntry } from "./job.ts";

/** The outcome of a task that was run again. */
export type Execution =
  | { outcome: typeof Outcome.ok; bytes: Uint8Array }
  | { outcome: typeof Outcome.trap | typeof Outcome.overLimit };

/**
 * Whether a worker's entry matches the task's outcome. A result has one CID under blake3, so nothing has to be fetched for it. Only a
 * result named by another hash is fetched.
 *
 * @throws {@link ContentNotFoundError} when such a result is not available; this proves nothing.
 */
export async function isResultOf(
  reader: BlockReader,
  entry: ResultEntry,
  execution: Execution,
  { signal }: AbortOptions = {},
): Promise<boolean> {
  if (execution.outcome !== Outcome.ok || entry.outcome !== Outcome.ok) {
    return execution.outcome === entry.outcome;
  }
  const { bytes } = execution;
  const { cid, byteLength } = entry;
  if (byteLength !== bytes.length) return false;
  if (cid.multihash.code === BLAKE3_CODE) return cid.equals(await nameOf(bytes));
  const committed = await getBytes(reader, cid, { byteLength, maxBytes: byteLength, signal });
  return committed.every((byte, i) => byte === bytes[i]);
}

/** Creates the entry of a task with this outcome. */
export async function entryOf(execution: Execution): Promise<ResultEntry> {
  if (execution.outcome !== Outcome.ok) return execution;
  const { outcome, bytes } = execution;
  return { outcome, cid: await nameOf(bytes), byteLength: bytes.length };
}

function nameOf(bytes: Uint8Array) {
  return putBytes(memoryContent(), bytes);
}
