import { AssayError } from "@assay/sdk";
import type { Algorithm } from "../algorithms/algorithm.ts";
import type { Detection } from "./detection.ts";
import type { Tile } from "./grid.ts";

export const RESULT_HEADER_BYTES = 24;
/** "HITS" */
export const RESULT_MAGIC = 0x53544948;
export const RESULT_VERSION = 2;

/** An optional value that is not known. */
const NOT_KNOWN = -1;

/** Bytes that are not the detections of the tile they are said to belong to. */
export class MalformedDetectionsError extends AssayError {
  readonly code = "DETECTIONS_MALFORMED";
  readonly retryable = false;

  constructor(tile: number, details: string) {
    super(
      `The result of tile ${tile} is not a list of detections: its program or its worker is broken.`,
      {
        details,
      },
    );
  }
}

/** The properties of an algorithm on which a result depends. */
type Form = Pick<Algorithm, "rules" | "values">;

/** The detections of one tile. */
export interface TileDetections {
  /** By row, then by column. */
  pixels: readonly Detection[];
  /** Pixels of the tile that were measured in all bands. */
  validPixels: number;
  /** Pixels of the tile that may burn, but have too little background for the contextual test. */
  unknownPixels: number;
}

/** Maximum size of a result in bytes: every pixel of the tile burns. */
export function maxResultBytes(
  { width, height }: Pick<Tile, "width" | "height">,
  { values }: Pick<Algorithm, "values">,
): number {
  return RESULT_HEADER_BYTES + recordBytes(values) * width * height;
}

function recordBytes(values: Algorithm["values"]): number {
  return 12 + 4 * values.length;
}

/**
 * Reads a task's result. Everything is little-endian; `assembly/tile.ts` writes the same layout.
 *
 * | offset | type | what |
 * | --- | --- | --- |
 * | 0 | u32 | magic, "HITS" |
 * | 4 | u32 | version, 2 |
 * | 8 | u32 | pixels of the tile that were measured in all bands |
 * | 12 | u32 | pixels that may burn, but have too little around them to be compared with |
 * | 16 | u32 | number of values V in a record |
 * | 20 | u32 | number of records |
 * | 24 + (12 + 4·V)·i | u32, u32 | column and row in the scene |
 * | + 8 | u32 | class: a key of the algorithm's `rules` |
 * | + 12 | f32 × V | the algorithm's `values` |
 *
 * Records are ordered by row, then by column.
 *
 * @throws {@link MalformedDetectionsError} when the bytes are anything but the canonical form of detections in `tile`.
 */
export function decodeDetections(
  tile: Tile,
  bytes: Uint8Array,
  { rules, values: specs }: Form,
): TileDetections {
  const fail = (details: string) => new MalformedDetectionsError(tile.index, details);
  if (bytes.byteLength < RESULT_HEADER_BYTES)
    throw fail(`${bytes.byteLength} bytes have no header`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = (i: number) => view.getUint32(4 * i, true);
  const [magic, version] = [word(0), word(1)];
  const [validPixels, unknownPixels] = [word(2), word(3)];
  const count = word(5);
  if (magic !== RESULT_MAGIC || version !== RESULT_VERSION) {
    throw fail(`it begins with 0x${magic.toString(16)}, version ${version}`);
  }
  if (word(4) !== specs.length) throw fail(`${word(4)} values a record instead of ${specs.length}`);
  const record = recordBytes(specs);
  if (bytes.byteLength !== RESULT_HEADER_BYTES + record * count) {
    throw fail(`${count} records are announced in ${bytes.byteLength} bytes`);
  }
  const size = tile.width * tile.height;
  if (validPixels > size || count > validPixels || unknownPixels > validPixels) {
    throw fail(
      `${count} records, ${validPixels} measured and ${unknownPixels} unknown pixels in ${tile.width} × ${tile.height}`,
    );
  }

  const pixels: Detection[] = [];
  let previous = -1;
  for (let at = RESULT_HEADER_BYTES; at < bytes.byteLength; at += record) {
    const x = view.getUint32(at, true);
    const y = view.getUint32(at + 4, true);
    const rule = rules.get(view.getUint32(at + 8, true));
    const column = x - tile.x;
    const row = y - tile.y;
    if (column < 0 || row < 0 || column >= tile.width || row >= tile.height) {
      throw fail(`pixel (${x}, ${y}) is not in the tile`);
    }
    const order = row * tile.width + column;
    if (order <= previous) throw fail(`pixel (${x}, ${y}) is out of order`);
    if (rule === undefined) throw fail(`pixel (${x}, ${y}) was found by no known rule`);
    previous = order;
    const values: Record<string, number> = {};
    for (const [k, { name, optional }] of specs.entries()) {
      const value = view.getFloat32(at + 12 + 4 * k, true);
      if (!Number.isFinite(value)) throw fail(`${name} of pixel (${x}, ${y}) is not a number`);
      if (!optional || value !== NOT_KNOWN) values[name] = value;
    }
    pixels.push({ x, y, rule, values });
  }
  return { pixels, validPixels, unknownPixels };
}
