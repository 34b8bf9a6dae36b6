/** Largest side of a tile in pixels, where a detector looks at pixels and those that touch them: an input of 13 MB. */
export const MAX_TILE_PIXELS = 1_024;
/** The same for a detector that looks at windows, which make the input larger and the work longer. */
const MAX_CONTEXTUAL_TILE_PIXELS = 512;

/** Largest side of a tile in pixels for a detector with this halo. */
export function maxTilePixels(halo: number): number {
  return halo <= 1 ? MAX_TILE_PIXELS : MAX_CONTEXTUAL_TILE_PIXELS;
}

/** A rectangle of scene pixels that one task looks at and reports on. */
export interface Tile {
  /** Place in the grid, row by row, and so the task's position in the job. */
  index: number;
  /** Column and row of the first pixel. */
  x: number;
  y: number;
  /** Pixels; the last tiles of a row or column may be smaller. */
  width: number;
  height: number;
}

export interface TileGrid {
  columns: number;
  rows: number;
  count: number;
  at(index: number): Tile;
}

/**
 * Cuts a scene into squares of `tile` pixels. Every pixel is in exactly one tile.
 * @throws RangeError when a size is not a positive integer.
 */
export function tileGrid({
  width,
  height,
  tile,
}: {
  width: number;
  height: number;
  tile: number;
}): TileGrid {
  for (const size of [width, height, tile]) {
    if (!Number.isSafeInteger(size) || size < 1) {
      throw new RangeError(`${size} is not a size in pixels: give an integer of at least 1`);
    }
  }
  const columns = Math.ceil(width / tile);
  const rows = Math.ceil(height / tile);
  const count = columns * rows;
  return {
    columns,
    rows,
    count,
    at(index) {
      if (!Number.isInteger(index) || index < 0 || index >= count) {
        throw new RangeError(`There is no tile ${index} among ${count}`);
      }
      const x = (index % columns) * tile;
      const y = Math.floor(index / columns) * tile;
      return { index, x, y, width: Math.min(tile, width - x), height: Math.min(tile, height - y) };
    },
  };
}
