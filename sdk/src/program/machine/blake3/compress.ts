/**
 * BLAKE3's compression function, of which libraries show the end alone: a proof is about the chaining values inside.
 * J. O'Connor, J.-P. Aumasson, S. Neves, Z. Wilcox-O'Hearn, "BLAKE3: one function, fast everywhere" (2020), sections 2.1 to 2.5.
 */

export const CHUNK_BYTES = 1_024;
const BLOCK_BYTES = 64;

const FLAG = { chunkStart: 1, chunkEnd: 2, parent: 4, root: 8 } as const;

const INITIAL = Uint32Array.of(
  ...[0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a],
  ...[0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19],
);
const PERMUTATION = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8];
const ROUNDS = 7;
/** Columns, then diagonals. */
const MIXES = [
  [0, 4, 8, 12],
  [1, 5, 9, 13],
  [2, 6, 10, 14],
  [3, 7, 11, 15],
  [0, 5, 10, 15],
  [1, 6, 11, 12],
  [2, 7, 8, 13],
  [3, 4, 9, 14],
] as const;

const rotate = (value: number, by: number) => (value >>> by) | (value << (32 - by));

function mix(
  v: Uint32Array,
  [a, b, c, d]: readonly [number, number, number, number],
  [x, y]: readonly [number, number],
): void {
  const at = (index: number) => v[index] as number;
  v[a] = at(a) + at(b) + x;
  v[d] = rotate(at(d) ^ at(a), 16);
  v[c] = at(c) + at(d);
  v[b] = rotate(at(b) ^ at(c), 12);
  v[a] = at(a) + at(b) + y;
  v[d] = rotate(at(d) ^ at(a), 8);
  v[c] = at(c) + at(d);
  v[b] = rotate(at(b) ^ at(c), 7);
}

/** The chaining value that follows `chaining` by one block. */
function compress(
  chaining: Uint32Array,
  block: Uint8Array,
  { counter, flags }: { counter: number; flags: number },
): Uint32Array {
  const padded = new Uint8Array(BLOCK_BYTES);
  padded.set(block);
  const view = new DataView(padded.buffer);
  let words = Array.from({ length: 16 }, (_, index) => view.getUint32(4 * index, true));
  const v = new Uint32Array(16);
  v.set(chaining);
  v.set(INITIAL.subarray(0, 4), 8);
  v[12] = counter;
  v[13] = Math.floor(counter / 2 ** 32);
  v[14] = block.length;
  v[15] = flags;
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, columns] of MIXES.entries()) {
      mix(v, columns, [words[2 * index] as number, words[2 * index + 1] as number]);
    }
    words = PERMUTATION.map((from) => words[from] as number);
  }
  return Uint32Array.from(
    { length: 8 },
    (_, index) => (v[index] as number) ^ (v[index + 8] as number),
  );
}

function toBytes(words: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(32);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of words.entries()) view.setUint32(4 * index, value, true);
  return bytes;
}

/** The chaining value of a chunk. @param isRoot - whether it is the whole content: then it is the content's digest. */
export function chunkValue(
  chunk: Uint8Array,
  { index, isRoot }: { index: number; isRoot: boolean },
): Uint8Array {
  let chaining: Uint32Array = INITIAL;
  const blocks = Math.max(1, Math.ceil(chunk.length / BLOCK_BYTES));
  for (let i = 0; i < blocks; i++) {
    const isLast = i === blocks - 1;
    const flags =
      (i === 0 ? FLAG.chunkStart : 0) | (isLast ? FLAG.chunkEnd | (isRoot ? FLAG.root : 0) : 0);
    const block = chunk.subarray(i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES);
    chaining = compress(chaining, block, { counter: index, flags });
  }
  return toBytes(chaining);
}

/** The chaining value of a node over two others. @param isRoot - whether there is none above it: then it is the content's digest. */
export function parentValue(left: Uint8Array, right: Uint8Array, isRoot: boolean): Uint8Array {
  const block = new Uint8Array(BLOCK_BYTES);
  block.set(left);
  block.set(right, BLOCK_BYTES / 2);
  const flags = FLAG.parent | (isRoot ? FLAG.root : 0);
  return toBytes(compress(INITIAL, block, { counter: 0, flags }));
}
