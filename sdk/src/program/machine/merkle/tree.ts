import { keccakInto } from "../../../protocol/hashes/keccak.ts";

/** Bytes of a leaf, and of a node. */
export const LEAF_BYTES = 32;

/** A Merkle tree of fixed depth. */
export interface Tree {
  readonly depth: number;
  /** A view: read it before the next `write`. */
  leaf(index: number): Uint8Array;
  root(): Uint8Array;
  /** The siblings from a node up to the root. @param level - 0 for a leaf, 5 for the node over 32 of them. */
  path(index: number, level?: number): Uint8Array[];
  node(level: number, index: number): Uint8Array;
}

/** One whose leaves can change. Leaves that were never written are zero. */
export interface SparseTree extends Tree {
  write(index: number, leaf: Uint8Array): void;
}

/** Roots of trees of zeros, by depth. */
const zeros: Uint8Array[] = [new Uint8Array(LEAF_BYTES)];

function zeroRoot(depth: number): Uint8Array {
  for (let level = zeros.length; level <= depth; level++) {
    const below = zeros[level - 1] as Uint8Array;
    zeros.push(hashPair(below, below));
  }
  return zeros[depth] as Uint8Array;
}

const pair = new Uint8Array(2 * LEAF_BYTES);

export function hashPair(left: Uint8Array, right: Uint8Array): Uint8Array {
  pair.set(left);
  pair.set(right, LEAF_BYTES);
  const node = new Uint8Array(LEAF_BYTES);
  keccakInto(pair, node);
  return node;
}

/** The least depth of a tree that holds so many leaves. */
export function depthOf(leaves: number): number {
  return Math.ceil(Math.log2(Math.max(1, leaves)));
}

export function sparseTree(depth: number): SparseTree {
  /** Nodes other than zeros, by level; those above a changed leaf are stale until the root is asked for. */
  const levels = Array.from({ length: depth + 1 }, () => new Map<number, Uint8Array>());
  let changed = new Set<number>();

  const at = (level: number, index: number): Uint8Array =>
    levels[level]?.get(index) ?? zeroRoot(level);

  function update(): void {
    for (let level = 1; level <= depth; level++) {
      const above = new Set<number>();
      for (const index of changed) above.add(Math.floor(index / 2));
      for (const index of above) {
        levels[level]?.set(index, hashPair(at(level - 1, 2 * index), at(level - 1, 2 * index + 1)));
      }
      changed = above;
    }
    changed = new Set();
  }

  return {
    depth,
    leaf: (index) => at(0, index),
    write(index, leaf) {
      levels[0]?.set(index, leaf);
      changed.add(index);
    },
    root() {
      update();
      return at(depth, 0);
    },
    path(index, level = 0) {
      update();
      const siblings: Uint8Array[] = [];
      for (let height = level, place = index; height < depth; height++) {
        siblings.push(at(height, place ^ 1));
        place = Math.floor(place / 2);
      }
      return siblings;
    },
    node(level, index) {
      update();
      return at(level, index);
    },
  };
}

/** A tree over bytes, 32 a leaf, the last one filled up with zeros. */
export function treeOver(
  bytes: Uint8Array,
  depth = depthOf(bytes.length / LEAF_BYTES),
): SparseTree {
  const tree = sparseTree(depth);
  for (let at = 0; at < bytes.length; at += LEAF_BYTES) {
    const leaf = new Uint8Array(LEAF_BYTES);
    leaf.set(bytes.subarray(at, at + LEAF_BYTES));
    if (leaf.some((byte) => byte !== 0)) tree.write(at / LEAF_BYTES, leaf);
  }
  return tree;
}

/** A tree over bytes that never change, 32 a leaf: 64 bytes of memory a leaf. */
export function denseTree(bytes: Uint8Array): Tree {
  const depth = depthOf(bytes.length / LEAF_BYTES);
  const first = 2 ** depth;
  /** Node i stands over nodes 2 i and 2 i + 1; the root is node 1. */
  const nodes = new Uint8Array(2 * first * LEAF_BYTES);
  nodes.set(bytes, first * LEAF_BYTES);
  const at = (place: number) => nodes.subarray(place * LEAF_BYTES, (place + 1) * LEAF_BYTES);
  let used = Math.ceil(bytes.length / LEAF_BYTES);
  for (let level = 1; level <= depth; level++) {
    used = Math.ceil(used / 2);
    const leftmost = 2 ** (depth - level);
    for (let index = 0; index < leftmost; index++) {
      const place = leftmost + index;
      nodes.set(
        index < used ? hashPair(at(2 * place), at(2 * place + 1)) : zeroRoot(level),
        place * LEAF_BYTES,
      );
    }
  }
  const node = (level: number, index: number) => at(2 ** (depth - level) + index);
  return {
    depth,
    node,
    leaf: (index) => node(0, index),
    root: () => at(1),
    path: (index, level = 0) =>
      Array.from({ length: depth - level }, (_, height) =>
        node(level + height, Math.floor(index / 2 ** height) ^ 1),
      ),
  };
}
