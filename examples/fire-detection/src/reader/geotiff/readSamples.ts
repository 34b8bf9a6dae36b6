import type { AbortOptions } from "@assay/sdk";
import { SceneError } from "../../scene/sceneError.ts";
import { compressionName, decompress } from "./compression.ts";
import type { FileSource } from "./fileSource.ts";
import { type Layout, rowBytes, samplesInBlock } from "./layout.ts";
import { undoPredictor } from "./predictor.ts";
import { sampleReader } from "./sampleReader.ts";

/** An image whose pixels can be read. */
export interface Pixels {
  name: string;
  source: FileSource;
  layout: Layout;
  /** The value of all pixels in blocks that the file leaves out. */
  fill: number;
}

/** Takes the value of the `k`-th of the bands asked for at pixel `i`. */
export type Visit = (k: number, i: number, value: number) => void;

/**
 * Reads bands of an image, block by block.
 * @param bands - from 0.
 * @throws {@link SceneError} when a block is damaged.
 */
export async function readSamples(
  pixels: Pixels,
  bands: readonly number[],
  { signal, visit }: AbortOptions & { visit: Visit },
): Promise<void> {
  const { layout } = pixels;
  const { blocksAcross, blocksDown, separate } = layout;
  const stride = samplesInBlock(layout);
  for (let row = 0; row < blocksDown; row++) {
    for (let column = 0; column < blocksAcross; column++) {
      const index = row * blocksAcross + column;
      const place = { row, column };
      if (separate) {
        for (const [k, band] of bands.entries()) {
          const block = await readBlock(
            pixels,
            index + band * blocksAcross * blocksDown,
            row,
            signal,
          );
          visitBlock(pixels, block, { ...place, k, first: 0, stride, visit });
        }
      } else {
        const block = await readBlock(pixels, index, row, signal);
        for (const [k, band] of bands.entries()) {
          visitBlock(pixels, block, { ...place, k, first: band, stride, visit });
        }
      }
    }
  }
}

interface Block {
  bytes: Uint8Array;
  littleEndian: boolean;
}

/** Undefined for a block that the file leaves out. */
async function readBlock(
  { name, source, layout }: Pixels,
  index: number,
  row: number,
  signal: AbortSignal | undefined,
): Promise<Block | undefined> {
  const { compression, height, blockHeight } = layout;
  const length = layout.byteCounts[index] ?? 0;
  if (length === 0) return undefined;
  const rows = layout.isTiled ? blockHeight : Math.min(blockHeight, height - row * blockHeight);
  const wanted = rowBytes(layout) * rows;
  const most = rowBytes(layout) * layout.filledHeight;
  const raw = await source.read(layout.offsets[index] ?? 0, length, { signal });
  try {
    if (layout.reversed) reverseBits(raw);
    const bytes = await decompress(raw, {
      ...layout,
      wanted,
      size: { width: layout.blockWidth, height: rows },
    });
    if (bytes.length < wanted || (compression !== 1 && bytes.length > most)) {
      throw new TypeError(`${bytes.length} bytes, not ${wanted}`);
    }
    const block = bytes.subarray(0, wanted);
    return { bytes: block, littleEndian: undoPredictor(block, layout) };
  } catch (cause) {
    const part = layout.isTiled ? "tile" : "strip";
    throw new SceneError(
      "SCENE_DAMAGED",
      `${name} is damaged: its ${part} ${index} (${compressionName(compression)}) cannot be decoded; copy or download it again, or see what gdal_translate can rescue.`,
      { cause },
    );
  }
}

function visitBlock(
  { layout, fill }: Pixels,
  block: Block | undefined,
  at: { row: number; column: number; k: number; first: number; stride: number; visit: Visit },
): void {
  const { width, height, blockWidth, blockHeight } = layout;
  const { k, first, stride, visit } = at;
  const [left, top] = [at.column * blockWidth, at.row * blockHeight];
  const columns = Math.min(blockWidth, width - left);
  const rows = Math.min(blockHeight, height - top);
  const bytesOfRow = rowBytes(layout);
  const read = block && sampleReader(layout, block.littleEndian);
  const view =
    block && new DataView(block.bytes.buffer, block.bytes.byteOffset, block.bytes.length);
  for (let y = 0; y < rows; y++) {
    const start = (top + y) * width + left;
    for (let x = 0; x < columns; x++) {
      const value = read && view ? read(view, y * bytesOfRow, x * stride + first) : fill;
      visit(k, start + x, value);
    }
  }
}

function reverseBits(bytes: Uint8Array): void {
  for (const [i, byte] of bytes.entries()) {
    let reversed = 0;
    for (let bit = 0; bit < 8; bit++) reversed |= ((byte >>> bit) & 1) << (7 - bit);
    bytes[i] = reversed;
  }
}
