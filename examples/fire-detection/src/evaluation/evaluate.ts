import type { Pixel } from "../scene/scene.ts";

export interface Evaluation {
  /** Burning pixels that were found. */
  truePositives: readonly Pixel[];
  /** Found, but not burning: false alarms. */
  falsePositives: readonly Pixel[];
  /** Those of them that touch a burning pixel, whose light the optics spread over its neighbours. */
  besideFire: readonly Pixel[];
  /** Burning, but not found. */
  falseNegatives: readonly Pixel[];
  /** Share of the found pixels that burn; undefined when none was found. */
  precision: number | undefined;
  /** Share of the burning pixels that were found; undefined when none burns. */
  recall: number | undefined;
  /** Harmonic mean of the two; undefined when there is neither fire nor detection. */
  f1: number | undefined;
}

/** Compares what was found with what burns, pixel by pixel. Each list names a pixel at most once. */
export function evaluate(found: readonly Pixel[], truth: readonly Pixel[]): Evaluation {
  const burning = new Set(truth.map(key));
  const detected = new Set(found.map(key));
  const truePositives = found.filter((pixel) => burning.has(key(pixel)));
  const falsePositives = found.filter((pixel) => !burning.has(key(pixel)));
  const falseNegatives = truth.filter((pixel) => !detected.has(key(pixel)));
  const all = found.length + truth.length;
  return {
    truePositives,
    falsePositives,
    besideFire: falsePositives.filter((pixel) => around(pixel).some((p) => burning.has(key(p)))),
    falseNegatives,
    precision: found.length === 0 ? undefined : truePositives.length / found.length,
    recall: truth.length === 0 ? undefined : truePositives.length / truth.length,
    f1: all === 0 ? undefined : (2 * truePositives.length) / all,
  };
}

function around({ x, y }: Pixel): Pixel[] {
  return [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => ({ x: x + dx, y: y + dy })));
}

function key({ x, y }: Pixel): string {
  return `${x},${y}`;
}
