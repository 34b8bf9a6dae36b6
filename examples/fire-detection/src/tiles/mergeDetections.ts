import type { TileDetections } from "./decodeDetections.ts";
import type { Detection, Detections } from "./detection.ts";

/**
 * Puts the tiles of one scene together. Tiles share no pixel and each reports on its own pixels alone, so nothing has to
 * be reconciled: the result is the same in whatever order, from however large tiles.
 */
export function mergeDetections(tiles: Iterable<TileDetections>): Detections {
  const pixels: Detection[] = [];
  let validPixels = 0;
  let unknownPixels = 0;
  for (const tile of tiles) {
    for (const pixel of tile.pixels) pixels.push(pixel);
    validPixels += tile.validPixels;
    unknownPixels += tile.unknownPixels;
  }
  pixels.sort((a, b) => a.y - b.y || a.x - b.x);
  return { pixels, validPixels, unknownPixels };
}
