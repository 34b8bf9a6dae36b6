import type { CID } from "multiformats/cid";
import type { Address, Hex } from "viem";
import type { AbortOptions } from "../../concurrency/abortOptions.ts";
import type { BlockReader } from "../content/content.ts";
import { readBlock } from "../content/readBlock.ts";
import { ManifestError } from "../errors/manifest.ts";
import { bytesToHex, hexToBytes } from "../hashes/hex.ts";
import type { InputEntry, ResultEntry } from "../job/job.ts";
import { isRootOf } from "../merkle/bound.ts";
import { inputLeaf, resultLeaf } from "../merkle/leaf.ts";
import { foldNodes, proveNode, sameHash } from "../merkle/tree.ts";
import {
  decodeIndex,
  decodeInputPage,
  decodeResultPage,
  type PageLink,
  type PagePlace,
} from "./blocks.ts";
import { leafSpan, type ManifestKind, PAGE_ENTRIES, pageCount, pageSpan } from "./layout.ts";

/** A job's inputs, read on demand. Every yielded entry is under the job's input root. */
export interface InputManifest {
  readonly cid: CID;
  readonly root: Hex;
  readonly count: number;
  /** Entries `first … first + count − 1`; only the pages that hold them are fetched. Default: all. */
  entries(
    range?: AbortOptions & { first?: number; count?: number },
  ): AsyncIterable<InputEntry & { position: number }>;
  /** The siblings of the leaf of task `position`, from the leaf upwards: what a fraud proof begins with. */
  proof(position: number, options?: AbortOptions): Promise<Hex[]>;
}

/** A batch's results. Every yielded entry is under the result root of the batch. */
export interface ResultManifest {
  readonly cid: CID;
  readonly root: Hex;
  /** Position in the job of the batch's first task. */
  readonly first: number;
  readonly count: number;
  entries(options?: AbortOptions): AsyncIterable<ResultEntry & { position: number }>;
  /** The siblings of the leaf of task `position`, from the leaf upwards: what a challenge brings. */
  proof(position: number, options?: AbortOptions): Promise<Hex[]>;
}

export interface OpenInputManifestParameters extends AbortOptions {
  /** The index block. */
  cid: CID;
  /** The root on chain. */
  root: Hex;
  /** The number of entries that the chain gives it. */
  count: number;
}

export interface OpenResultManifestParameters extends OpenInputManifestParameters {
  first: number;
  /** Whose results they are: the root on chain may be bound to it. Default: it is not. */
  worker?: Address | undefined;
}

/**
 * Fetches the index of a job's input manifest and checks it against the job's input root.
 *
 * @throws {@link ManifestError} when it is not well-formed, or not the one of this root.
 */
export async function openInputManifest(
  reader: BlockReader,
  { cid, root, count, signal }: OpenInputManifestParameters,
): Promise<InputManifest> {
  const pages = await openPages(reader, {
    kind: "assay/inputs",
    leaf: inputLeaf,
    decodePage: decodeInputPage,
    ...{ cid, root, count, first: 0, signal },
  });
  return {
    cid,
    root,
    count,
    entries: (range = {}) =>
      pages.entries({
        first: range.first ?? 0,
        count: range.count ?? count - (range.first ?? 0),
        signal: range.signal,
      }),
    proof: pages.proof,
  };
}

/**
 * Fetches the index of a batch's result manifest and checks it against the batch's result root.
 *
 * @throws {@link ManifestError} when it is not well-formed, or not the one of this root.
 */
export async function openResultManifest(
  reader: BlockReader,
  { cid, root, first, count, worker, signal }: OpenResultManifestParameters,
): Promise<ResultManifest> {
  const pages = await openPages(reader, {
    kind: "assay/results",
    leaf: resultLeaf,
    decodePage: decodeResultPage,
    ...{ cid, root, count, first, worker, signal },
  });
  return {
    cid,
    root,
    first,
    count,
    entries: ({ signal } = {}) => pages.entries({ first, count, signal }),
    proof: pages.proof,
  };
}

interface Form<Entry> extends OpenResultManifestParameters {
  kind: ManifestKind;
  leaf: (position: number, entry: Entry) => Uint8Array;
  decodePage: (bytes: Uint8Array, place: PagePlace) => Entry[];
}

interface Page<Entry> {
  entries: readonly Entry[];
  leaves: readonly Uint8Array[];
}

async function openPages<Entry extends object>(
  reader: BlockReader,
  { kind, cid, root, first, count, worker, leaf, decodePage, signal }: Form<Entry>,
) {
  const links = await openIndex(reader, { kind, cid, root, count, worker, signal });
  // Batches are often smaller than a page and read one after the other.
  let latest: { number: number; page: Page<Entry> } | undefined;

  async function readPage(number: number, options: AbortOptions): Promise<Page<Entry>> {
    if (latest?.number === number) return latest.page;
    const link = item(links, number);
    const place = {
      first: first + number * PAGE_ENTRIES,
      count: Math.min(PAGE_ENTRIES, count - number * PAGE_ENTRIES),
    };
    const entries = decodePage(await readBlock(reader, link.cid, options), place);
    const leaves = entries.map((entry, i) => leaf(place.first + i, entry));
    if (!sameHash(foldNodes(leaves, leafSpan(count)), link.root)) {
      throw new ManifestError(
        "MANIFEST_PAGE_MISMATCH",
        "A page of the manifest is not the one that its index commits to: its author has to write it anew.",
        { details: `page ${number} (${link.cid}) of ${cid}` },
      );
    }
    const page = { entries, leaves };
    latest = { number, page };
    return page;
  }

  function checkRange(from: number, length: number): void {
    if (
      !Number.isSafeInteger(from) ||
      !Number.isSafeInteger(length) ||
      from < first ||
      length < 0 ||
      from + length > first + count
    ) {
      throw new ManifestError(
        "MANIFEST_OUT_OF_RANGE",
        `The manifest has entries ${first} to ${first + count - 1}, not ${length} from ${from}.`,
      );
    }
  }

  return {
    async *entries(range: { first: number; count: number } & AbortOptions) {
      checkRange(range.first, range.count);
      const from = range.first - first;
      const end = from + range.count;
      for (let i = from; i < end; ) {
        const number = Math.floor(i / PAGE_ENTRIES);
        const { entries } = await readPage(number, range);
        const stop = Math.min(end, (number + 1) * PAGE_ENTRIES);
        for (; i < stop; i++) {
          yield { ...item(entries, i % PAGE_ENTRIES), position: first + i };
        }
      }
    },
    async proof(position: number, options: AbortOptions = {}): Promise<Hex[]> {
      checkRange(position, 1);
      const index = position - first;
      const number = Math.floor(index / PAGE_ENTRIES);
      const { leaves } = await readPage(number, options);
      const roots = links.map((link) => link.root);
      return [
        ...proveNode(leaves, index % PAGE_ENTRIES, leafSpan(count)),
        ...proveNode(roots, number, pageSpan(count)),
      ].map((sibling) => bytesToHex(sibling));
    },
  };
}

/** The links of an index block that folds to `root`. */
async function openIndex(
  reader: BlockReader,
  {
    kind,
    cid,
    root,
    count,
    worker,
    signal,
  }: Omit<OpenResultManifestParameters, "first"> & { kind: ManifestKind },
): Promise<readonly PageLink[]> {
  const index = decodeIndex(await readBlock(reader, cid, { signal }), kind);
  if (index.count !== count || index.pages.length !== pageCount(count)) {
    throw new ManifestError(
      "MANIFEST_COUNT_MISMATCH",
      "The manifest has another number of entries than the chain says: its author has to write it anew.",
      { details: `${index.count} entries in ${index.pages.length} pages instead of ${count}` },
    );
  }
  const folded = foldNodes(
    index.pages.map((page) => page.root),
    pageSpan(count),
  );
  if (!isRootOf(hexToBytes(root), { root: folded, worker })) {
    throw new ManifestError(
      "MANIFEST_ROOT_MISMATCH",
      "The manifest is not the one that the chain commits to: its author has to store the right one.",
      { details: `${cid} has root ${bytesToHex(folded)} instead of ${root}` },
    );
  }
  return index.pages;
}

function item<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new RangeError(`There is no item ${index} among ${list.length}`);
  return found;
}
