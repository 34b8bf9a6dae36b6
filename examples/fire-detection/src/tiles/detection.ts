import type { Pixel } from "../scene/scene.ts";

/** Which of HOTMAP's two rules found the pixel: `a` by its own spectrum, `b` as the neighbour of such a pixel. */
export type Rule = "a" | "b";

/** A pixel that burns, in the columns and rows of the scene. */
export interface Detection extends Pixel {
  rule: Rule;
  /** Reflectances in bands 12, 11 and NIR. */
  rho12: number;
  rho11: number;
  rhoNir: number;
}

/** What a scene gave, whatever way it was cut. */
export interface Detections {
  /** By row, then by column; every pixel once. */
  pixels: readonly Detection[];
  /** Pixels that were measured in all three bands. */
  validPixels: number;
}
