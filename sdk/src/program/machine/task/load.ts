import { MAX_BLOCK_BYTES } from "../../../protocol/content/content.ts";
import { CHUNK_BYTES } from "../blake3/compress.ts";
import { chunkAt, chunkCount } from "../blake3/contentTree.ts";
import type { Header } from "../core/state.ts";
import type { Cells } from "../step/cells.ts";
import { type LargerRoot, linkOffset } from "./larger.ts";
import type { Own } from "./own.ts";
import type { Shown } from "./shown.ts";
import type { MachineTask } from "./task.ts";

const DIGEST_BYTES = 32;
/** Progress while a block's digest is known as far as it stands in one chunk of the root. */
const HALF = 0xffff_ffff;

/**
 * One step of loading the input: a link of its root, or one chunk of its block. `pc` counts its blocks, `progress` the chunks of this one.
 *
 * @returns whether there was something left to load.
 */
export function loadStep(
  header: Header,
  cells: Cells,
  { task, own, shown }: { task: MachineTask; own: Own; shown: Shown },
): boolean {
  const { bytes, root } = task.input;
  const blocks = root?.digests.length ?? 1;
  if (header.pc === blocks || bytes.length === 0) return false;
  const from = header.pc * MAX_BLOCK_BYTES;
  const block = root === undefined ? bytes : bytes.subarray(from, from + MAX_BLOCK_BYTES);
  if (root !== undefined && (own.digest === undefined || header.progress === HALF)) {
    takeLink(root, header, { own, shown });
    return true;
  }
  const chunk = chunkAt(block, header.progress);
  shown.chunk(block, header.progress);
  cells.setChunk(header.address + from + CHUNK_BYTES * header.progress, chunk);
  header.progress += 1;
  if (header.progress === chunkCount(block.length)) {
    header.progress = 0;
    header.pc += 1;
    own.digest = undefined;
  }
  return true;
}

/** Takes the digest of the next block, or as much of it as stands in one chunk of the root. */
function takeLink(
  root: LargerRoot,
  header: Header,
  { own, shown }: { own: Own; shown: Shown },
): void {
  const digest = root.digests[header.pc] as Uint8Array;
  const offset = linkOffset(root, header.pc);
  const first = Math.floor(offset / CHUNK_BYTES);
  const isFirst = header.progress !== HALF;
  const inFirst = Math.min(DIGEST_BYTES, (first + 1) * CHUNK_BYTES - offset);
  shown.chunk(root.bytes, isFirst ? first : first + 1);
  const known = isFirst ? inFirst : DIGEST_BYTES;
  own.digest = new Uint8Array(DIGEST_BYTES);
  own.digest.set(digest.subarray(0, known));
  header.progress = known < DIGEST_BYTES ? HALF : 0;
}
