import { concatBytes } from "@noble/hashes/utils.js";
import { MAX_BLOCK_BYTES } from "../../../protocol/content/content.ts";
import { Outcome } from "../../../protocol/job/job.ts";
import { CHUNK_BYTES, chunkValue, parentValue } from "../blake3/compress.ts";
import { chunkAt, chunkCount } from "../blake3/contentTree.ts";
import type { Ending, Header } from "../core/state.ts";
import type { Cells } from "../step/cells.ts";
import { rootFrom } from "./larger.ts";
import type { Own } from "./own.ts";
import type { Shown } from "./shown.ts";

/** How the CIDs of results begin: version 1, the codec, BLAKE3, 32 bytes. */
const RAW_PREFIX = 0x0155_1e20;
const DAG_CBOR_PREFIX = 0x0171_1e20;

const LINKS = 256;

/** Ones in the binary digits of a number. */
function ones(value: number): number {
  let count = 0;
  for (let left = value; left > 0; left = Math.floor(left / 2)) count += left % 2;
  return count;
}

/**
 * One step of hashing the result: a chunk, or a node over two subtrees. `progress` counts the chunks of this block; `pc` is 256 times the
 * blocks that are done and the number of chaining values.
 *
 * @returns the answer, once there is one.
 */
export function hashStep(
  header: Header,
  cells: Cells,
  { own, shown }: { own: Own; shown: Shown },
): Ending | undefined {
  const { address, length } = header;
  const isLarge = length > MAX_BLOCK_BYTES;
  const blocks = Math.ceil(length / MAX_BLOCK_BYTES);
  const isRoot = isLarge && own.links.length === blocks;
  const from = own.links.length * MAX_BLOCK_BYTES;
  const root = isRoot ? rootFrom(own.links, length) : undefined;
  const count = chunkCount(root?.length ?? Math.min(MAX_BLOCK_BYTES, length - from));
  shown.bytes(() => concatBytes(...own.values, ...own.links));

  const isComplete = header.progress === count;
  const height = own.values.length;
  let digest: Uint8Array | undefined;
  if (height > (isComplete ? 1 : ones(header.progress))) {
    const [right, left] = [own.values.pop() as Uint8Array, own.values.pop() as Uint8Array];
    const isLast = isComplete && height === 2;
    const value = parentValue(left, right, isLast);
    if (isLast) digest = value;
    else own.values.push(value);
  } else {
    const value = chunkValue(nextChunk(), { index: header.progress, isRoot: count === 1 });
    header.progress += 1;
    if (count === 1) digest = value;
    else own.values.push(value);
  }
  if (digest !== undefined) {
    if (!isLarge || isRoot) {
      const prefix = isLarge ? DAG_CBOR_PREFIX : RAW_PREFIX;
      return { outcome: Outcome.ok, prefix, digest, byteLength: length };
    }
    own.links.push(digest);
    header.progress = 0;
  }
  header.pc = LINKS * own.links.length + own.values.length;
  return undefined;

  function nextChunk(): Uint8Array {
    if (root !== undefined) return chunkAt(root, header.progress);
    const at = from + CHUNK_BYTES * header.progress;
    return cells.chunk(address + at).subarray(0, Math.max(0, Math.min(CHUNK_BYTES, length - at)));
  }
}
