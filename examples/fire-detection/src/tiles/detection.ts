import type { Pixel } from "../scene/scene.ts";

/** A pixel that burns, in the columns and rows of the scene. */
export interface Detection extends Pixel {
  /** How it was found, or how surely: one of the algorithm's `rules`. */
  rule: string;
  /** What the algorithm reports of it, by the names in its `values`; what it does not know is left out. */
  values: Readonly<Record<string, number>>;
}

/** What a scene gave, whatever way it was cut. */
export interface Detections {
  /** By row, then by column; every pixel once. */
  pixels: readonly Detection[];
  /** Pixels that were measured in all bands. */
  validPixels: number;
  /** Pixels that may burn, but have too little around them to be compared with. */
  unknownPixels: number;
}
