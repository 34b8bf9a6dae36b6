import { MAX_BLOCK_BYTES } from "../content/content.ts";
import { type Span, treeDepth } from "../merkle/tree.ts";

/** Depth of a full page's subtree, and its number of entries. */
export const PAGE_DEPTH = 12;
export const PAGE_ENTRIES = 2 ** PAGE_DEPTH;

/** Bound on what one page takes in the index's dag-cbor: a list of a CID (41 bytes) and a root (34 bytes). */
const INDEX_LINE_BYTES = 76;
const INDEX_OVERHEAD_BYTES = 64;

/** Most pages that an index block can name: some 56 million entries. */
export const MAX_PAGES = Math.floor((MAX_BLOCK_BYTES - INDEX_OVERHEAD_BYTES) / INDEX_LINE_BYTES);

export type ManifestKind = "assay/inputs" | "assay/results";

/** Number of pages of a manifest of `count` entries. */
export function pageCount(count: number): number {
  return Math.ceil(count / PAGE_ENTRIES);
}

/** The span of a page's leaves under the page's root: depth 12, or the depth of the whole tree if it fits in one page. */
export function leafSpan(count: number): Span {
  return { level: 0, depth: Math.min(PAGE_DEPTH, treeDepth(count)) };
}

/** The span of the page roots under the root of the tree. */
export function pageSpan(count: number): Span {
  const depth = treeDepth(count);
  return { level: Math.min(PAGE_DEPTH, depth), depth };
}
