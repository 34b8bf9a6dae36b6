import { ContentTooLargeError, MAX_BLOCK_BYTES, verifyBlock } from "@assay/sdk/protocol";
import { CarBlockIterator } from "@ipld/car/iterator";
import type { CID } from "multiformats/cid";
import { CarError } from "./errors.ts";
import type { CarOptions, CarProgress } from "./exportCar.ts";
import { linksOf } from "./links.ts";

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
  const iterator = await CarBlockIterator.fromIterable(car).catch(malformed);
  const roots = await iterator.getRoots();
  const there = new Set<string>();
  const linked = new Map(roots.map((root) => [root.toString(), root]));
  const progress = { blocks: 0, bytes: 0 };
  const blocks = iterator[Symbol.asyncIterator]();
  for (;;) {
    signal?.throwIfAborted();
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

function malformed(cause: unknown): never {
  throw new CarError((cause as Error).message, { cause });
}
