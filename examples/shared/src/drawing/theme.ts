import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { GlobalFonts } from "@napi-rs/canvas";

export const COLOURS = {
  background: "#12161c",
  panel: "#1a2029",
  line: "#2f3846",
  text: "#f2f5f8",
  muted: "#9aa7b6",
  fire: "#ffd21f",
  ring: "#ff9f1c",
  missed: "#35d6ff",
  false: "#ff4fd8",
} as const;

export const FONT = "Assay Inter";

/** Registers the font that all text is drawn in, so that machines without fonts draw the same picture. */
export function loadFont(): void {
  if (GlobalFonts.has(FONT)) return;
  const { resolve } = createRequire(import.meta.url);
  for (const weight of [400, 700]) {
    const file = resolve(`@fontsource/inter/files/inter-latin-${weight}-normal.woff2`);
    GlobalFonts.register(readFileSync(file), FONT);
  }
}

/** @param weight - 400 or 700 */
export function font(pixels: number, weight: 400 | 700 = 400): string {
  return `${weight} ${pixels}px "${FONT}", sans-serif`;
}
