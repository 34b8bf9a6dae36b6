import {
  type AbortOptions,
  type BlockReader,
  type Content,
  verifyBlock,
} from "@assay/sdk/protocol";
import { CarWriter } from "@ipld/car/writer";
import type { CID } from "multiformats/cid";
import { linksOf } from "./links.ts";

/** Blocks fetched at a time; so many wait in memory to be written. */
const CONCURRENT_BLOCKS = 16;

export interface CarProgress {
  /** Blocks and their bytes so far. */
  blocks: number;
  bytes: number;
}

export interface CarOptions extends AbortOptions {
  onProgress?: ((progress: CarProgress) => void) | undefined;
}

/**
 * Writes contents as a CAR v1 (https://ipld.io/specs/transport/car/carv1/): the blocks of `roots`, and all that they link to, each once. A whole
 * job has its program, its input manifest and its result manifests as roots: pages, inputs and results hang below them.
 *
 * @throws ContentNotFoundError when a block is not to be had.
 * @throws {@link MalformedBlockError}
 */
export async function* exportCar(
  content: Pick<Content, "session">,
  roots: readonly CID[],
  { signal, onProgress }: CarOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const { writer, out } = CarWriter.create([...roots]);
  const stopped = new AbortController();
  const limited = signal === undefined ? stopped.signal : AbortSignal.any([signal, stopped.signal]);
  const writing = (async () => {
    const progress = { blocks: 0, bytes: 0 };
    for await (const { cid, bytes } of walk(content, roots, limited)) {
      await writer.put({ cid, bytes });
      progress.blocks++;
      progress.bytes += bytes.length;
      onProgress?.({ ...progress });
    }
  })();
  // The reader of the CAR hears of a failure once it has what was written before.
  const written = writing.then(
    () => writer.close(),
    () => writer.close(),
  );
  try {
    yield* out;
    await written;
    await writing;
  } finally {
    stopped.abort();
    writing.catch(() => {});
  }
}

/** Every block once, those that were named first first. */
async function* walk(
  content: Pick<Content, "session">,
  roots: readonly CID[],
  signal: AbortSignal,
): AsyncGenerator<{ cid: CID; bytes: Uint8Array }> {
  const seen = new Set<string>();
  const waiting: { cid: CID; reader: BlockReader }[] = [];
  const add = (cid: CID, reader: BlockReader) => {
    const name = cid.toString();
    if (!seen.has(name)) waiting.push({ cid, reader });
    seen.add(name);
  };
  for (const root of roots) add(root, content.session(root));

  const fetching: { cid: CID; reader: BlockReader; bytes: Promise<Uint8Array> }[] = [];
  let next = 0;
  for (;;) {
    for (; fetching.length < CONCURRENT_BLOCKS && next < waiting.length; next++) {
      const { cid, reader } = waiting[next] as (typeof waiting)[number];
      const bytes = reader.get(cid, { signal });
      bytes.catch(() => {}); // an earlier one may fail first
      fetching.push({ cid, reader, bytes });
    }
    const first = fetching.shift();
    if (first === undefined) return;
    const bytes = await first.bytes;
    verifyBlock(first.cid, bytes);
    for (const link of linksOf(first.cid, bytes)) add(link, first.reader);
    yield { cid: first.cid, bytes };
  }
}
