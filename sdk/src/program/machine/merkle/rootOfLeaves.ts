import { pause } from "../../../concurrency/pause.ts";
import { hashNode } from "./nodeHasher.ts";
import { LEAF_BYTES, zeroRoot } from "./tree.ts";

/** Hashes between two turns of the event loop: a few milliseconds. */
const HASHES_A_TURN = 2_048;

/** Leaves of a tree by their places, which ascend; all others are zero. Computing a root overwrites both. */
export interface Leaves {
  places: Uint32Array;
  /** 32 bytes a leaf. */
  bytes: Uint8Array;
}

/** All leaves over bytes, the last one filled up with zeros. */
export function leavesOver(bytes: Uint8Array): Leaves {
  const count = Math.ceil(bytes.length / LEAF_BYTES);
  const padded = new Uint8Array(count * LEAF_BYTES);
  padded.set(bytes);
  return { places: Uint32Array.from({ length: count }, (_, index) => index), bytes: padded };
}

/**
 * The root of a tree of this depth, of millions of leaves without an object for any of them. It gives the event loop a turn now and then.
 *
 * @throws the signal's reason when it is aborted.
 */
export async function rootOfLeaves(
  { places, bytes }: Leaves,
  depth: number,
  signal?: AbortSignal | undefined,
): Promise<Uint8Array> {
  // Nodes 1, 2 and 3 of a tree: a node, and the two that it stands over.
  const nodes = new Uint8Array(4 * LEAF_BYTES);
  const node = (at: number) => bytes.subarray(at * LEAF_BYTES, (at + 1) * LEAF_BYTES);
  let count = places.length;
  let hashes = 0;
  for (let level = 0; level < depth; level++) {
    const zero = zeroRoot(level);
    let above = 0;
    for (let at = 0; at < count; above++) {
      const place = places[at] as number;
      const isLeft = place % 2 === 0;
      const hasBoth = isLeft && at + 1 < count && places[at + 1] === place + 1;
      nodes.set(isLeft ? node(at) : zero, 2 * LEAF_BYTES);
      nodes.set(isLeft ? (hasBoth ? node(at + 1) : zero) : node(at), 3 * LEAF_BYTES);
      hashNode(nodes, 1);
      bytes.set(nodes.subarray(LEAF_BYTES, 2 * LEAF_BYTES), above * LEAF_BYTES);
      places[above] = place >>> 1;
      at += hasBoth ? 2 : 1;
      hashes += 1;
      if (hashes % HASHES_A_TURN === 0) await pause(0, signal);
    }
    count = above;
  }
  return count === 0 ? zeroRoot(depth).slice() : node(0).slice();
}
