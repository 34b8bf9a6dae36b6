import type { SKRSContext2D } from "@napi-rs/canvas";
import { COLOURS, font } from "./theme.ts";

export interface TextStyle {
  /** Font size, canvas pixels. */
  pixels: number;
  /** Default: 400. */
  weight?: 400 | 700;
  /** Default: the theme's colour of text. */
  colour?: string;
  /** Where `x` is in the line. Default: left. */
  align?: "left" | "center" | "right";
}

/** Draws a line of text whose baseline begins, is centred or ends at (`x`, `y`), in canvas pixels. */
export function drawText(
  context: SKRSContext2D,
  text: string,
  x: number,
  y: number,
  { pixels, weight = 400, colour = COLOURS.text, align = "left" }: TextStyle,
): void {
  context.font = font(pixels, weight);
  context.fillStyle = colour;
  context.textAlign = align;
  context.fillText(text, x, y);
  context.textAlign = "left";
}
