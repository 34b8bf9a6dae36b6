import { hashNode } from "./nodeHasher.ts";
import { LEAF_BYTES, zeroRoot } from "./tree.ts";

/** Depth of the subtree over one page. */
const PAGE_DEPTH = 9;

/** The nodes of one page and what they are over. It is changed only while no snapshot has it. */
export interface Page {
  /** Node i is over the nodes 2 i and 2 i + 1. */
  readonly nodes: Uint8Array;
  /** Its last half: the leaves. */
  readonly words: Int32Array;
  /** Nodes that are not what their children say. */
  readonly stale: Uint8Array;
  /** Snapshots that have it. */
  owners: number;
}

/** All pages at some step; `undefined` is one of zeros. */
export type Pages = readonly (Page | undefined)[];

/** A Merkle tree that follows bytes that change elsewhere. Its pages can be kept, and taken back. */
export interface PagedTree {
  /** Bytes that a page takes, with its nodes. */
  readonly pageBytes: number;
  /** Takes over what has changed since. @param bytes - from the first leaf on; zeros behind them. */
  capture(bytes: Uint8Array): void;
  /** A copy of a node, as the bytes were when they were captured. */
  node(level: number, index: number): Uint8Array;
  /** As they are. */
  pages(): Pages;
  /** Sets the bytes back to what they were, after they were captured. */
  restore(pages: Pages, bytes: Uint8Array): void;
}

/**
 * @param depth - of the whole tree. @param most - leaves at most that are ever other than zero.
 */
export function pagedTree(depth: number, most: number): PagedTree {
  const pageDepth = Math.min(PAGE_DEPTH, depth);
  const leaves = 2 ** pageDepth;
  const byteLength = LEAF_BYTES * leaves;
  /** Levels of nodes above the pages that can be other than zero; those above these have zeros at their right. */
  const topDepth = Math.ceil(Math.log2(Math.max(1, most / leaves)));
  const count = 2 ** topDepth;
  const pages: (Page | undefined)[] = Array.from({ length: count });
  const top = new Uint8Array(2 * count * LEAF_BYTES);
  const staleTop = new Uint8Array(2 * count);
  for (let index = 1; index < 2 * count; index++) {
    const level = depthAbove(index, topDepth) + pageDepth;
    top.set(zeroRoot(level), LEAF_BYTES * index);
  }

  const touch = (index: number) => markStale(staleTop, count + index);

  /** The page, to be changed. */
  function own(index: number): Page {
    const page = pages[index];
    if (page !== undefined && page.owners === 0) return page;
    const copy = pageOf(leaves, page);
    pages[index] = copy;
    return copy;
  }

  function capturePage(index: number, words: Int32Array): void {
    const page = own(index);
    for (let at = 0; at < words.length; at++) {
      if (page.words[at] === words[at]) continue;
      const leaf = Math.floor(at / WORDS_A_LEAF);
      markStale(page.stale, (leaves + leaf) >>> 1);
      at = (leaf + 1) * WORDS_A_LEAF - 1;
    }
    page.words.set(words);
    touch(index);
  }

  function update(): void {
    if (staleTop[1] === 0) return;
    for (let index = 2 * count - 1; index >= 1; index--) {
      if (staleTop[index] === 0) continue;
      staleTop[index] = 0;
      if (index < count) hashNode(top, index);
      else top.set(rootOf(pages[index - count]), LEAF_BYTES * index);
    }
  }

  function rootOf(page: Page | undefined): Uint8Array {
    if (page === undefined) return zeroRoot(pageDepth);
    refresh(page, leaves);
    return page.nodes.subarray(LEAF_BYTES, 2 * LEAF_BYTES);
  }

  return {
    pageBytes: 2 * byteLength,
    pages: () => pages.slice(),
    capture(bytes) {
      const end = Math.min(count, Math.ceil(bytes.length / byteLength));
      for (let index = 0; index < end; index++) {
        const part = bytes.subarray(index * byteLength, (index + 1) * byteLength);
        if (isSame(part, pages[index])) continue;
        capturePage(index, new Int32Array(part.buffer, part.byteOffset, part.length / 4));
      }
    },
    node(level, index) {
      update();
      if (level < pageDepth) {
        const [page, place] = [
          Math.floor(index / 2 ** (pageDepth - level)),
          2 ** (pageDepth - level),
        ];
        const nodes = pages[page]?.nodes;
        if (nodes === undefined) return zeroRoot(level);
        const at = LEAF_BYTES * (place + (index % place));
        return nodes.slice(at, at + LEAF_BYTES);
      }
      const height = level - pageDepth;
      if (height <= topDepth) {
        if (index >= count >>> height) return zeroRoot(level);
        const at = LEAF_BYTES * ((count >>> height) + index);
        return top.slice(at, at + LEAF_BYTES);
      }
      return index > 0 ? zeroRoot(level) : above(level);
    },
    restore(wanted, bytes) {
      for (let index = 0; index < count; index++) {
        const page = wanted[index];
        if (pages[index] === page) continue;
        pages[index] = page;
        touch(index);
        const at = index * byteLength;
        if (page === undefined) bytes.fill(0, at, at + byteLength);
        else if (at < bytes.length) bytes.set(leavesOf(page).subarray(0, bytes.length - at), at);
      }
    },
  };

  /** The first node of a level above all that can be other than zero. */
  function above(level: number): Uint8Array {
    const pair = new Uint8Array(4 * LEAF_BYTES);
    const atTop = topDepth + pageDepth;
    pair.set(top.subarray(LEAF_BYTES, 2 * LEAF_BYTES), LEAF_BYTES);
    for (let at = atTop; at < level; at++) {
      pair.set(pair.subarray(LEAF_BYTES, 2 * LEAF_BYTES), 2 * LEAF_BYTES);
      pair.set(zeroRoot(at), 3 * LEAF_BYTES);
      hashNode(pair, 1);
    }
    return pair.slice(LEAF_BYTES, 2 * LEAF_BYTES);
  }
}

const WORDS_A_LEAF = LEAF_BYTES / 4;

function pageOf(leaves: number, from: Page | undefined): Page {
  const nodes = new Uint8Array(2 * leaves * LEAF_BYTES);
  const words = new Int32Array(nodes.buffer, leaves * LEAF_BYTES, leaves * WORDS_A_LEAF);
  const stale = new Uint8Array(leaves);
  if (from === undefined) stale.fill(1, 1);
  else {
    nodes.set(from.nodes);
    stale.set(from.stale);
  }
  return { nodes, words, stale, owners: 0 };
}

const leavesOf = ({ nodes }: Page) => nodes.subarray(nodes.length / 2);

const NOTHING = new Uint8Array(LEAF_BYTES * 2 ** PAGE_DEPTH);

function isSame(part: Uint8Array, page: Page | undefined): boolean {
  const known = page === undefined ? NOTHING : leavesOf(page);
  return Buffer.compare(part, known.subarray(0, part.length)) === 0;
}

/** Marks a node and those above it, up to one that is marked. */
function markStale(stale: Uint8Array, node: number): void {
  for (let at = node; at > 0 && stale[at] === 0; at >>>= 1) stale[at] = 1;
}

function refresh({ nodes, stale }: Page, leaves: number): void {
  if (leaves === 1 || stale[1] === 0) return;
  for (let index = leaves - 1; index >= 1; index--) {
    if (stale[index] === 0) continue;
    hashNode(nodes, index);
    stale[index] = 0;
  }
}

/** Levels between a node and the lowest. */
function depthAbove(index: number, depth: number): number {
  return depth - Math.floor(Math.log2(index));
}
