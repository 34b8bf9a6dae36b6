import { neighbourhood, type Pixel, pixelKey } from "../scene/scene.ts";

export interface Evaluation {
  /** Detected pixels that burn. */
  truePositives: readonly Pixel[];
  /** Detected pixels that do not burn: false alarms. */
  falsePositives: readonly Pixel[];
  /** The false alarms that touch a burning pixel: the optics spread its light over its neighbours. */
  besideFire: readonly Pixel[];
  /** Burning pixels that were not detected. */
  falseNegatives: readonly Pixel[];
  /** Share of the detected pixels that burn; undefined if none was detected. */
  precision: number | undefined;
  /** Share of the burning pixels that were detected; undefined if none burns. */
  recall: number | undefined;
  /** Harmonic mean of precision and recall; undefined if there is neither a fire nor a detection. */
  f1: number | undefined;
}

/**
 * Compares detected pixels with burning ones.
 * @param found - detected pixels, each once.
 * @param truth - burning pixels, each once.
 */
export function evaluate(found: readonly Pixel[], truth: readonly Pixel[]): Evaluation {
  const burning = new Set(truth.map(pixelKey));
  const detected = new Set(found.map(pixelKey));
  const truePositives = found.filter((pixel) => burning.has(pixelKey(pixel)));
  const falsePositives = found.filter((pixel) => !burning.has(pixelKey(pixel)));
  const falseNegatives = truth.filter((pixel) => !detected.has(pixelKey(pixel)));
  const all = found.length + truth.length;
  return {
    truePositives,
    falsePositives,
    besideFire: falsePositives.filter((pixel) =>
      neighbourhood(pixel).some((p) => burning.has(pixelKey(p))),
    ),
    falseNegatives,
    precision: found.length === 0 ? undefined : truePositives.length / found.length,
    recall: truth.length === 0 ? undefined : truePositives.length / truth.length,
    f1: all === 0 ? undefined : (2 * truePositives.length) / all,
  };
}

/** A share for a person, in percent with one decimal; a dash if it is undefined. */
export function formatShare(share: number | undefined): string {
  return share === undefined ? "–" : `${(100 * share).toFixed(1)} %`;
}
