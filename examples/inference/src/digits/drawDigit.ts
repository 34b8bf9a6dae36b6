import { mixBits, uniformStream } from "../../../shared/src/random/uniform.ts";
import { STROKES } from "./strokes.ts";

/** Rows and columns of a drawing. */
export const SIDE = 16;
export const CLASSES = 10;

export interface Digit {
  /** From 0 to 9. */
  label: number;
  /** {@link SIDE} × {@link SIDE} grey values, rows from the top. */
  pixels: Uint8Array;
}

/**
 * Draws a digit as a hand might: turned, slanted, moved, with crooked lines of some width on a background that is not quite even. It follows from
 * `seed` and `index` alone, to the bit on every machine: no sine, no font, no decoder.
 */
export function drawDigit(seed: number, index: number): Digit {
  const random = uniformStream(mixBits(seed) ^ mixBits(index + 0x1234_5678));
  const between = (least: number, most: number) => least + (most - least) * random.next();
  const label = Math.floor(random.next() * CLASSES);
  const size = between(9, 13);
  const width = size * between(0.55, 0.85);
  const sine = between(-0.22, 0.22);
  const cosine = Math.sqrt(1 - sine * sine);
  const slant = between(-0.25, 0.25);
  const [left, top] = [SIDE / 2 + between(-1.3, 1.3), SIDE / 2 + between(-1.3, 1.3)];
  const place = ([x, y]: readonly [number, number]) => {
    const u = (x + between(-0.05, 0.05) - 0.5) * width - slant * (y - 0.5) * size;
    const v = (y + between(-0.05, 0.05) - 0.5) * size;
    return [left + cosine * u - sine * v, top + sine * u + cosine * v] as const;
  };
  const lines = (STROKES[label] ?? []).map((line) => line.map(place));
  const segments = lines.flatMap((line) =>
    line.slice(1).map((end, i) => [line[i] ?? end, end] as const),
  );
  const pen = between(0.9, 2.2) / 2;
  const paper = between(0, 60);
  const ink = between(150, 250);
  const grain = between(5, 45);
  const pixels = new Uint8Array(SIDE * SIDE);
  for (let i = 0; i < pixels.length; i++) {
    const [x, y] = [(i % SIDE) + 0.5, Math.floor(i / SIDE) + 0.5];
    const nearest = segments.reduce(
      (least, segment) => Math.min(least, distance(x, y, segment)),
      SIDE,
    );
    const cover = Math.min(Math.max(pen + 0.5 - nearest, 0), 1);
    const value = paper + (ink - paper) * cover + between(-grain, grain);
    pixels[i] = Math.min(Math.max(Math.round(value), 0), 255);
  }
  return { label, pixels };
}

function distance(
  x: number,
  y: number,
  [[x0, y0], [x1, y1]]: readonly [readonly [number, number], readonly [number, number]],
): number {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const along = ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy || 1);
  const t = Math.min(Math.max(along, 0), 1);
  const [u, v] = [x - x0 - t * dx, y - y0 - t * dy];
  return Math.sqrt(u * u + v * v);
}
