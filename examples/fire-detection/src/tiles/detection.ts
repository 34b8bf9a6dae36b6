import type { Pixel } from "../scene/scene.ts";

/** A pixel that burns, in the columns and rows of the scene. */
export interface Detection extends Pixel {
  /** The rule that found it, or its confidence: one of the algorithm's `rules`. */
  rule: string;
  /** The numbers that the algorithm reports, by the names in its `values`. A number that is not known is left out. */
  values: Readonly<Record<string, number>>;
}

/** The detections of a scene; they do not depend on its tiles. */
export interface Detections {
  /** By row, then by column; every pixel once. */
  pixels: readonly Detection[];
  /** Pixels that were measured in all bands. */
  validPixels: number;
  /** Pixels that may burn, but have too little background for the contextual test. */
  unknownPixels: number;
}
