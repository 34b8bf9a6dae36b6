import { bytesToHex, concatHex, type Hex } from "viem";
import { MAX_BLOCK_BYTES } from "../../../protocol/content/content.ts";
import { CHUNK_BYTES } from "../blake3/compress.ts";
import { chunkAt, chunkCount, contentTree, digestFrom } from "../blake3/contentTree.ts";
import { linkOffset, rootOf } from "../task/larger.ts";

/** Chunks of a block. */
const BLOCK_CHUNKS = MAX_BLOCK_BYTES / CHUNK_BYTES;
const PLACES = [0, 1, 2, 3, 4, 5, 6, 7];

/** What a worker of an unavailable result has yet to show, as the ProofArbiter has it. */
export interface ChunksToShow {
  /** Indices of chunks of 1 KiB in the whole result, by place. */
  chunks: readonly number[];
  /** Bit *i*: the chunk at place *i* is missing. */
  missing: number;
  /** The block whose link was shown last, plus one. */
  linked: number;
  /** Whether that link is known whole. */
  isLinkWhole: boolean;
}

/**
 * What the worker shows next, one call after the other: a chunk of its result, or before that, of a result above 1 MiB, a chunk of the root
 * that links to its block. It follows from what the chain has, so that a worker that was interrupted goes on from there.
 * @returns `undefined` when nothing is missing.
 */
export function nextToShow(
  result: Uint8Array,
  { chunks, missing, linked, isLinkWhole }: ChunksToShow,
): { place: number; witness: Hex } | undefined {
  const place = PLACES.find((at) => (missing >> at) & 1);
  const chunk = place === undefined ? undefined : chunks[place];
  if (place === undefined || chunk === undefined) return undefined;
  if (result.length <= MAX_BLOCK_BYTES) return { place, witness: shown(result, chunk) };
  const index = Math.floor(chunk / BLOCK_CHUNKS);
  const isLinked = linked === index + 1;
  if (isLinked && isLinkWhole) {
    const block = result.subarray(index * MAX_BLOCK_BYTES, (index + 1) * MAX_BLOCK_BYTES);
    return { place, witness: shown(block, chunk % BLOCK_CHUNKS) };
  }
  const root = rootOf(result);
  const first = Math.floor(linkOffset(root, index) / CHUNK_BYTES);
  return { place, witness: shown(root.bytes, isLinked ? first + 1 : first) };
}

/** A chunk and its siblings. */
function shown(content: Uint8Array, chunk: number): Hex {
  const parts = [chunkAt(content, chunk), ...contentTree(content).path(chunk)];
  return concatHex(parts.map((part) => bytesToHex(part)));
}

const HASH_BYTES = 32;

/**
 * The chunk that such a witness shows, of a content of one block.
 * @param witness - as the worker puts it on chain.
 * @param chunk - its index in the content.
 * @returns `undefined` when it is not that content's.
 */
export function shownChunk(
  witness: Uint8Array,
  { digest, byteLength, chunk }: { digest: Hex; byteLength: number; chunk: number },
): Uint8Array | undefined {
  const count = chunkCount(byteLength);
  if (chunk >= count) return undefined;
  const length = Math.min(CHUNK_BYTES, byteLength - chunk * CHUNK_BYTES);
  const siblings = (witness.length - length) / HASH_BYTES;
  if (siblings < 0 || !Number.isInteger(siblings)) return undefined;
  const bytes = witness.slice(0, length);
  const path = Array.from({ length: siblings }, (_, index) => {
    const at = length + index * HASH_BYTES;
    return witness.subarray(at, at + HASH_BYTES);
  });
  const found = digestFrom(bytes, { index: chunk, count, path });
  return found !== undefined && bytesToHex(found) === digest ? bytes : undefined;
}
