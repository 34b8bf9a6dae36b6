import { MalformedDetectionsError } from "../errors.ts";
import type { Detection, Rule } from "./detection.ts";
import type { Tile } from "./grid.ts";

export const RESULT_HEADER_BYTES = 12;
export const RECORD_BYTES = 24;
/** "HITS" */
export const RESULT_MAGIC = 0x53544948;

const RULES: ReadonlyMap<number, Rule> = new Map([
  [1, "a"],
  [2, "b"],
]);

/** What one task found in its tile. */
export interface TileDetections {
  /** By row, then by column. */
  pixels: readonly Detection[];
  /** Pixels of the tile that were measured in all three bands. */
  validPixels: number;
}

/** Length in bytes of the longest result that a tile can have: every pixel burns. */
export function maxResultBytes({ width, height }: Pick<Tile, "width" | "height">): number {
  return RESULT_HEADER_BYTES + RECORD_BYTES * width * height;
}

/**
 * Reads a task's result. Everything is little-endian; `assembly/hotmap.ts` writes the same layout.
 *
 * | offset | type | what |
 * | --- | --- | --- |
 * | 0 | u32 | magic, "HITS" |
 * | 4 | u32 | pixels of the tile that were measured in all three bands |
 * | 8 | u32 | number of records |
 * | 12 + 24·i | u32, u32 | column and row in the scene |
 * | 20 + 24·i | u32 | 1: rule a, 2: rule b |
 * | 24 + 24·i | f32 × 3 | reflectance in bands 12, 11, NIR |
 *
 * Records are ordered by row, then by column.
 *
 * @throws {@link MalformedDetectionsError} when the bytes are anything but the canonical form of detections in `tile`.
 */
export function decodeDetections(tile: Tile, bytes: Uint8Array): TileDetections {
  const fail = (details: string) => new MalformedDetectionsError(tile.index, details);
  if (bytes.byteLength < RESULT_HEADER_BYTES)
    throw fail(`${bytes.byteLength} bytes have no header`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint32(0, true);
  const validPixels = view.getUint32(4, true);
  const count = view.getUint32(8, true);
  if (magic !== RESULT_MAGIC) throw fail(`it begins with 0x${magic.toString(16)}`);
  if (bytes.byteLength !== RESULT_HEADER_BYTES + RECORD_BYTES * count) {
    throw fail(`${count} records are announced in ${bytes.byteLength} bytes`);
  }
  if (validPixels > tile.width * tile.height || count > validPixels) {
    throw fail(
      `${count} records, ${validPixels} measured pixels in ${tile.width} × ${tile.height}`,
    );
  }

  const pixels: Detection[] = [];
  let previous = -1;
  for (let at = RESULT_HEADER_BYTES; at < bytes.byteLength; at += RECORD_BYTES) {
    const x = view.getUint32(at, true);
    const y = view.getUint32(at + 4, true);
    const rule = RULES.get(view.getUint32(at + 8, true));
    const rho12 = view.getFloat32(at + 12, true);
    const rho11 = view.getFloat32(at + 16, true);
    const rhoNir = view.getFloat32(at + 20, true);
    const column = x - tile.x;
    const row = y - tile.y;
    if (column < 0 || row < 0 || column >= tile.width || row >= tile.height) {
      throw fail(`pixel (${x}, ${y}) is not in the tile`);
    }
    const order = row * tile.width + column;
    if (order <= previous) throw fail(`pixel (${x}, ${y}) is out of order`);
    if (rule === undefined) throw fail(`pixel (${x}, ${y}) was found by no known rule`);
    if (![rho12, rho11, rhoNir].every(Number.isFinite)) {
      throw fail(`pixel (${x}, ${y}) has a reflectance that is not a number`);
    }
    previous = order;
    pixels.push({ x, y, rule, rho12, rho11, rhoNir });
  }
  return { pixels, validPixels };
}
