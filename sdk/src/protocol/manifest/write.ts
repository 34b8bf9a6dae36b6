import type { CID } from "multiformats/cid";
import type { Hex } from "viem";
import type { AbortOptions } from "../../concurrency/abortOptions.ts";
import type { Content } from "../content/content.ts";
import { ManifestError } from "../errors/manifest.ts";
import { bytesToHex } from "../hashes/hex.ts";
import type { InputEntry, ResultEntry } from "../job/job.ts";
import { inputLeaf, resultLeaf } from "../merkle/leaf.ts";
import { foldNodes } from "../merkle/tree.ts";
import { encodeIndex, encodeInput, encodePage, encodeResult, type PageLink } from "./blocks.ts";
import {
  leafSpan,
  MAX_PAGES,
  type ManifestKind,
  PAGE_DEPTH,
  PAGE_ENTRIES,
  pageSpan,
} from "./layout.ts";

export interface WrittenManifest {
  /** The index block. */
  cid: CID;
  /** Merkle root over the leaves of all entries. */
  root: Hex;
  /** Number of entries. */
  count: number;
}

/**
 * Writes the manifest of a job's inputs, in positions 0, 1, 2 …. Entries may be a stream: one page at a time is kept in
 * memory, however many there are.
 *
 * @throws {@link ManifestError} when there are none, or more than an index can name.
 */
export function writeInputManifest(
  content: Content,
  entries: Iterable<InputEntry> | AsyncIterable<InputEntry>,
  options: AbortOptions = {},
): Promise<WrittenManifest> {
  return writeManifest(content, entries, {
    kind: "assay/inputs",
    first: 0,
    leaf: inputLeaf,
    encodeEntry: encodeInput,
    ...options,
  });
}

/**
 * Writes the manifest of one batch's results; `first` is the position in the job of the batch's first task.
 *
 * @throws {@link ManifestError} when there are none, or more than an index can name.
 */
export function writeResultManifest(
  content: Content,
  entries: Iterable<ResultEntry> | AsyncIterable<ResultEntry>,
  options: AbortOptions & { first: number },
): Promise<WrittenManifest> {
  return writeManifest(content, entries, {
    kind: "assay/results",
    leaf: resultLeaf,
    encodeEntry: encodeResult,
    ...options,
  });
}

interface Form<Entry> extends AbortOptions {
  kind: ManifestKind;
  first: number;
  leaf: (position: number, entry: Entry) => Uint8Array;
  encodeEntry: (entry: Entry) => Uint8Array;
}

async function writeManifest<Entry>(
  content: Content,
  entries: Iterable<Entry> | AsyncIterable<Entry>,
  { kind, first, leaf, encodeEntry, signal }: Form<Entry>,
): Promise<WrittenManifest> {
  const pages: PageLink[] = [];
  let count = 0;
  let page: Uint8Array[] = [];
  let leaves: Uint8Array[] = [];

  const flush = async (depth: number) => {
    if (pages.length === MAX_PAGES) {
      throw new ManifestError(
        "MANIFEST_TOO_LARGE",
        `A manifest has at most ${MAX_PAGES * PAGE_ENTRIES} entries: split the job.`,
      );
    }
    const cid = await content.put(encodePage(kind, first + count - page.length, page), {
      signal,
      codec: "dag-cbor",
    });
    pages.push({ cid, root: foldNodes(leaves, { level: 0, depth }) });
    page = [];
    leaves = [];
  };

  for await (const entry of entries) {
    signal?.throwIfAborted();
    // Only an entry after it shows that a page has full depth.
    if (page.length === PAGE_ENTRIES) await flush(PAGE_DEPTH);
    leaves.push(leaf(first + count, entry));
    page.push(encodeEntry(entry));
    count += 1;
  }
  if (count === 0) {
    throw new ManifestError("MANIFEST_EMPTY", "A manifest needs at least one entry: add an input.");
  }
  await flush(leafSpan(count).depth);

  const root = foldNodes(
    pages.map((link) => link.root),
    pageSpan(count),
  );
  const cid = await content.put(encodeIndex({ kind, count, pages }), { signal, codec: "dag-cbor" });
  return { cid, root: bytesToHex(root), count };
}
