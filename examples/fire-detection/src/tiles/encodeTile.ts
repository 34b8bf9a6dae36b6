import { BAND_NAMES, type Scene } from "../scene/scene.ts";
import type { Tile } from "./grid.ts";

/**
 * How many pixels around a tile its task also sees. HOTMAP's rule a looks at one pixel alone; rule b asks whether one of
 * the 8 neighbours satisfies rule a. So what a pixel is depends on nothing farther than 1 pixel away, and a tile with
 * that much of a halo decides about its own pixels exactly as the whole scene would.
 */
export const HALO_PIXELS = 1;

export const INPUT_HEADER_BYTES = 64;
/** "FIRE" */
export const INPUT_MAGIC = 0x45524946;
export const INPUT_VERSION = 1;

/** Length of a tile's input in bytes. */
export function inputBytes({ width, height }: Pick<Tile, "width" | "height">): number {
  return INPUT_HEADER_BYTES + 4 * BAND_NAMES.length * haloedPixels({ width, height });
}

/** Pixels of a tile with its halo. */
export function haloedPixels({ width, height }: Pick<Tile, "width" | "height">): number {
  return (width + 2 * HALO_PIXELS) * (height + 2 * HALO_PIXELS);
}

/**
 * A task's input. Everything is little-endian; `assembly/hotmap.ts` reads the same layout.
 *
 * | offset | type | what |
 * | --- | --- | --- |
 * | 0 | u32 | magic, "FIRE" |
 * | 4 | u32 | version, 1 |
 * | 8, 12 | u32 | column and row, in the scene, of the tile's first pixel |
 * | 16, 20 | u32 | width and height of the tile, without halo |
 * | 24 | u32 | halo in pixels, 1 |
 * | 28 | u32 | number of bands, 3 |
 * | 32 | f64 | scale |
 * | 40 | f64 | offset (DN): reflectance = (DN + offset) · scale |
 * | 48 | f64 | nodata (DN); NaN for none |
 * | 56 | f64 | DN from which a pixel is saturated |
 * | 64 | f32 × 3 × (height + 2·halo) × (width + 2·halo) | DN of bands 12, 11, NIR, one after the other, row by row |
 *
 * Outside of the scene the halo is NaN, which is "not measured".
 */
export function encodeTile(scene: Scene, tile: Tile): Uint8Array {
  const bytes = new Uint8Array(inputBytes(tile));
  const view = new DataView(bytes.buffer);
  [
    INPUT_MAGIC,
    INPUT_VERSION,
    tile.x,
    tile.y,
    tile.width,
    tile.height,
    HALO_PIXELS,
    BAND_NAMES.length,
  ].forEach((value, i) => {
    view.setUint32(4 * i, value, true);
  });
  [scene.scale, scene.offset, scene.nodata, scene.saturation].forEach((value, i) => {
    view.setFloat64(32 + 8 * i, value, true);
  });

  let at = INPUT_HEADER_BYTES;
  for (const name of BAND_NAMES) {
    const band = scene.bands[name];
    for (let y = tile.y - HALO_PIXELS; y < tile.y + tile.height + HALO_PIXELS; y++) {
      for (let x = tile.x - HALO_PIXELS; x < tile.x + tile.width + HALO_PIXELS; x++) {
        const inside = x >= 0 && y >= 0 && x < scene.width && y < scene.height;
        view.setFloat32(at, inside ? (band[y * scene.width + x] ?? Number.NaN) : Number.NaN, true);
        at += 4;
      }
    }
  }
  return bytes;
}
