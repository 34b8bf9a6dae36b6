import { CHUNK_BYTES, chunkValue, parentValue } from "./compress.ts";

/** Chunks of a content: one at least. */
export const chunkCount = (byteLength: number): number =>
  Math.max(1, Math.ceil(byteLength / CHUNK_BYTES));

export const chunkAt = (bytes: Uint8Array, index: number): Uint8Array =>
  bytes.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES);

/** Chunks under the left child of a node over so many: the largest power of two that leaves some for the right one. */
export const leftChunks = (count: number): number => 2 ** Math.floor(Math.log2(count - 1));

/** Chaining values of a content, each computed once. */
export interface ContentTree {
  readonly bytes: Uint8Array;
  /** The siblings of a chunk, from the lowest to the highest: with the chunk they give the content's digest. */
  path(index: number): Uint8Array[];
}

interface Range {
  from: number;
  count: number;
}

/** The two subtrees under a node over some chunks. */
function halves({ from, count }: Range): [left: Range, right: Range] {
  const left = leftChunks(count);
  return [
    { from, count: left },
    { from: from + left, count: count - left },
  ];
}

export function contentTree(bytes: Uint8Array): ContentTree {
  const known = new Map<string, Uint8Array>();

  /** The chaining value of the node over some chunks, which is not the root. */
  function subtreeValue(range: Range): Uint8Array {
    const key = `${range.from} ${range.count}`;
    let value = known.get(key);
    if (value === undefined) {
      const { from, count } = range;
      if (count === 1) {
        value = chunkValue(chunkAt(bytes, from), { index: from, isRoot: false });
      } else {
        const [left, right] = halves(range);
        value = parentValue(subtreeValue(left), subtreeValue(right), false);
      }
      known.set(key, value);
    }
    return value;
  }

  function pathIn(range: Range, index: number): Uint8Array[] {
    if (range.count === 1) return [];
    const [left, right] = halves(range);
    const isLeft = index < right.from;
    return [...pathIn(isLeft ? left : right, index), subtreeValue(isLeft ? right : left)];
  }

  return {
    bytes,
    path: (index) => pathIn({ from: 0, count: chunkCount(bytes.length) }, index),
  };
}

/** At each node from the root down to a chunk of a content: whether the chunk is under the left child. */
function sidesOf(index: number, count: number): boolean[] {
  const sides: boolean[] = [];
  for (let place = index, left = count; left > 1; ) {
    const half = leftChunks(left);
    const isLeft = place < half;
    sides.push(isLeft);
    place = isLeft ? place : place - half;
    left = isLeft ? half : left - half;
  }
  return sides;
}

/** The digest that a chunk and its siblings give; `undefined` if these are not as many as it has. */
export function digestFrom(
  chunk: Uint8Array,
  { index, count, path }: { index: number; count: number; path: readonly Uint8Array[] },
): Uint8Array | undefined {
  const sides = sidesOf(index, count);
  if (path.length !== sides.length) return undefined;
  let value = chunkValue(chunk, { index, isRoot: count === 1 });
  for (const [height, isLeft] of sides.toReversed().entries()) {
    const sibling = path[height] as Uint8Array;
    const isRoot = height === sides.length - 1;
    value = isLeft ? parentValue(value, sibling, isRoot) : parentValue(sibling, value, isRoot);
  }
  return value;
}
