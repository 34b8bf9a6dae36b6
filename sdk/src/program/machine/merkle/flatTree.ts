import { hashNode } from "./nodeHasher.ts";
import { depthOf, LEAF_BYTES, type SparseTree, zeroRoot } from "./tree.ts";

/** A tree whose leaves never change. */
export type FixedTree = Pick<SparseTree, "depth" | "leaf" | "root" | "path">;

/**
 * A tree over bytes, 32 a leaf, the last one filled up with zeros. Its nodes stand in one array, level by level: the code of a large program has
 * millions.
 */
export function flatTree(bytes: Uint8Array): FixedTree {
  const depth = depthOf(bytes.length / LEAF_BYTES);
  const padded = new Uint8Array(LEAF_BYTES * Math.max(1, Math.ceil(bytes.length / LEAF_BYTES)));
  padded.set(bytes);
  const levels: Uint8Array[] = [padded];
  for (let level = 1; level <= depth; level++) {
    levels.push(levelOver(levels[level - 1] as Uint8Array, level - 1));
  }
  const node = (level: number, index: number) => {
    const at = LEAF_BYTES * index;
    const nodes = levels[level] as Uint8Array;
    return at < nodes.length ? nodes.subarray(at, at + LEAF_BYTES) : zeroRoot(level);
  };
  return {
    depth,
    leaf: (index) => node(0, index),
    root: () => node(depth, 0),
    path: (index, level = 0) =>
      Array.from({ length: depth - level }, (_, height) =>
        node(level + height, Math.floor(index / 2 ** height) ^ 1),
      ),
  };
}

/** The nodes over others, of which the last may have a neighbour of zeros. */
function levelOver(below: Uint8Array, level: number): Uint8Array {
  const count = below.length / LEAF_BYTES;
  const nodes = new Uint8Array(LEAF_BYTES * Math.ceil(count / 2));
  const pair = new Uint8Array(4 * LEAF_BYTES);
  for (let index = 0; 2 * index < count; index++) {
    const at = 2 * LEAF_BYTES * index;
    pair.set(below.subarray(at, at + 2 * LEAF_BYTES), 2 * LEAF_BYTES);
    if (2 * index + 1 === count) pair.set(zeroRoot(level), 3 * LEAF_BYTES);
    hashNode(pair, 1);
    nodes.set(pair.subarray(LEAF_BYTES, 2 * LEAF_BYTES), LEAF_BYTES * index);
  }
  return nodes;
}
