import { ContentTooLargeError, MAX_BLOCK_BYTES, verifyBlock } from "@assay/sdk/protocol";
import { CarBlockIterator } from "@ipld/car/iterator";
import type { CID } from "multiformats/cid";
import { CarError } from "./errors.ts";
import type { CarOptions, CarProgress } from "./exportCar.ts";
import { linksOf } from "./links.ts";

/** The header names the roots: a million of them fit. */
const MAX_HEADER_BYTES = 64 * 2 ** 20;
/** Beside a block: its CID, its length, and what a stream has read ahead. */
const READ_AHEAD_BYTES = 4 * 2 ** 20;

export interface ImportedCar extends CarProgress {
  roots: CID[];
  /** Blocks that others in the file link to, and that are not in it. */
  missing: CID[];
}

/**
 * Reads a CAR and gives each of its blocks, checked against its CID, to `keep`.
 *
 * @throws {@link CarError}
 * @throws BlockMismatchError UnsupportedCidError ContentTooLargeError {@link MalformedBlockError}: what came before is kept.
 */
export async function importCar(
  keep: (cid: CID, bytes: Uint8Array) => Promise<void>,
  car: AsyncIterable<Uint8Array>,
  { signal, onProgress }: CarOptions = {},
): Promise<ImportedCar> {
  const limit = { left: MAX_HEADER_BYTES };
  const pieces = limited(car, limit, signal);
  const iterator = await CarBlockIterator.fromIterable(pieces).catch(malformed);
  const roots = await iterator.getRoots();
  const there = new Set<string>();
  const linked = new Map(roots.map((root) => [root.toString(), root]));
  const progress = { blocks: 0, bytes: 0 };
  const blocks = iterator[Symbol.asyncIterator]();
  for (;;) {
    signal?.throwIfAborted();
    limit.left = MAX_BLOCK_BYTES + READ_AHEAD_BYTES;
    const { done, value } = await blocks.next().catch(malformed);
    if (done) break;
    const { cid, bytes } = value;
    if (bytes.length > MAX_BLOCK_BYTES) {
      throw new ContentTooLargeError(`Block ${cid}`, bytes.length, MAX_BLOCK_BYTES);
    }
    verifyBlock(cid, bytes);
    for (const link of linksOf(cid, bytes)) linked.set(link.toString(), link);
    await keep(cid, new Uint8Array(bytes));
    there.add(cid.toString());
    progress.blocks++;
    progress.bytes += bytes.length;
    onProgress?.({ ...progress });
  }
  const missing = [...linked].flatMap(([name, cid]) => (there.has(name) ? [] : cid));
  return { ...progress, roots, missing };
}

/** The reader keeps what a length promises, however much that is: a block that is too long is given up before it fills the memory. */
async function* limited(
  car: AsyncIterable<Uint8Array>,
  limit: { left: number },
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const piece of car) {
    signal?.throwIfAborted();
    limit.left -= piece.length;
    if (limit.left < 0) throw new CarError("a length in it is too large");
    yield piece;
  }
}

function malformed(cause: unknown): never {
  if (cause instanceof CarError || (cause as Error).name === "AbortError") throw cause;
  throw new CarError((cause as Error).message, { cause });
}
