import { AssayError } from "@assay/sdk";
import type { Algorithm } from "../algorithms/algorithm.ts";
import { dnAt, type Scene } from "../scene/scene.ts";
import type { Tile } from "./grid.ts";

export const INPUT_HEADER_BYTES = 40;
export const CALIBRATION_BYTES = 32;
/** "FIRE" */
export const INPUT_MAGIC = 0x45524946;
export const INPUT_VERSION = 2;

/** A scene without a band that the algorithm reads. */
export class MissingBandError extends AssayError {
  readonly code = "BAND_MISSING";
  readonly retryable = false;
  readonly band: string;

  constructor(scene: string, band: string) {
    super(`${scene} has no band ${band}: choose another --algorithm, or a scene that has it.`);
    this.band = band;
  }
}

/** The properties of an algorithm on which a tile's input depends. */
type Shape = Pick<Algorithm, "halo" | "bands" | "parameters">;

/** Pixels of a tile with its halo. */
export function haloedPixels(
  { width, height }: Pick<Tile, "width" | "height">,
  { halo }: Pick<Algorithm, "halo">,
): number {
  return (width + 2 * halo) * (height + 2 * halo);
}

/**
 * Encodes a task's input. Everything is little-endian; `assembly/tile.ts` reads the same layout.
 *
 * | offset | type | what |
 * | --- | --- | --- |
 * | 0 | u32 | magic, "FIRE" |
 * | 4 | u32 | version, 2 |
 * | 8, 12 | u32 | column and row, in the scene, of the tile's first pixel |
 * | 16, 20 | u32 | width and height of the tile, without halo |
 * | 24 | u32 | halo in pixels |
 * | 28 | u32 | number of bands B |
 * | 32 | u32 | number of parameters P |
 * | 36 | u32 | 0 |
 * | 40 | f64 × P | the algorithm's parameters |
 * | … | f64 × 4 × B | of each band: scale, offset (DN), nodata (DN; NaN for none), DN from which it is saturated |
 * | … | f32 × B × (height + 2·halo) × (width + 2·halo) | DN, band after band, row by row |
 *
 * A band's quantity is (DN + offset) · scale. Outside of the scene the halo is NaN, which is "not measured".
 *
 * @throws {@link MissingBandError} when the scene lacks a band that the algorithm reads.
 */
export function encodeTile(scene: Scene, tile: Tile, algorithm: Shape): Uint8Array {
  const { halo, bands: names } = algorithm;
  const bands = names.map((name) => {
    const band = scene.bands[name];
    if (band === undefined) throw new MissingBandError(scene.name, name);
    return band;
  });
  const parameters = algorithm.parameters(scene);
  const calibrations = INPUT_HEADER_BYTES + 8 * parameters.length;
  const planes = calibrations + CALIBRATION_BYTES * bands.length;
  const bytes = new Uint8Array(planes + 4 * bands.length * haloedPixels(tile, algorithm));
  const view = new DataView(bytes.buffer);
  [
    INPUT_MAGIC,
    INPUT_VERSION,
    tile.x,
    tile.y,
    tile.width,
    tile.height,
    halo,
    bands.length,
    parameters.length,
    0,
  ].forEach((value, i) => {
    view.setUint32(4 * i, value, true);
  });
  [
    ...parameters,
    ...bands.flatMap((band) => [band.scale, band.offset, band.nodata, band.saturation]),
  ].forEach((value, i) => {
    view.setFloat64(INPUT_HEADER_BYTES + 8 * i, value, true);
  });

  let at = planes;
  for (const band of bands) {
    for (let y = tile.y - halo; y < tile.y + tile.height + halo; y++) {
      for (let x = tile.x - halo; x < tile.x + tile.width + halo; x++) {
        const inside = x >= 0 && y >= 0 && x < scene.width && y < scene.height;
        view.setFloat32(at, inside ? dnAt(band, y * scene.width + x) : Number.NaN, true);
        at += 4;
      }
    }
  }
  return bytes;
}
