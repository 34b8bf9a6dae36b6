import { pause } from "../../../concurrency/pause.ts";
import { keccakInto } from "../../../protocol/hashes/keccak.ts";
import { LEAF_BYTES, zeroRoot } from "./tree.ts";

/** Hashes between two turns of the event loop: some 15 ms. */
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
  const pair = new Uint8Array(2 * LEAF_BYTES);
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
      pair.set(isLeft ? node(at) : zero);
      pair.set(isLeft ? (hasBoth ? node(at + 1) : zero) : node(at), LEAF_BYTES);
      keccakInto(pair, bytes, above * LEAF_BYTES);
      places[above] = place >>> 1;
      at += hasBoth ? 2 : 1;
      hashes += 1;
      if (hashes % HASHES_A_TURN === 0) await pause(0, signal);
    }
    count = above;
  }
  return count === 0 ? zeroRoot(depth).slice() : node(0).slice();
}
