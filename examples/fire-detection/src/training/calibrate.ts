import { logistic } from "./network.ts";

/** What the network said of a sample, and what is true. */
export interface Judged {
  /** The logarithm of the odds in 1/128. */
  output: number;
  burns: boolean;
}

export interface Calibration {
  /** The least output of a fire. */
  threshold: number;
  /** The least output of each whole percentage from 1 to 99. */
  percents: readonly number[];
}

/** Iterations of Newton's method, which is done after five. */
const ITERATIONS = 30;

/**
 * Fits the probability p = 1 / (1 + e^−(a·output + b)) to samples (Platt 1999), and finds the threshold with the best F1.
 * @param fires - all fires there are, those included that are not among the samples.
 */
export function calibrate(judged: readonly Judged[], fires: number): Calibration {
  let [a, b] = [1 / 128, 0];
  for (let n = 0; n < ITERATIONS; n++) {
    const [slope, offset] = newtonStep(judged, a, b);
    a -= slope;
    b -= offset;
  }
  const percents = Array.from({ length: 99 }, (_, i) => {
    const wanted = (i + 1) / 100;
    // By halves, so that no logarithm is needed.
    let [low, high] = [-65_536, 65_536];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (logistic(a * middle + b) >= wanted) high = middle;
      else low = middle + 1;
    }
    return low;
  });
  return { threshold: bestThreshold(judged, fires), percents };
}

/** Inverse of the Hessian times the gradient of the logistic loss. */
function newtonStep(judged: readonly Judged[], a: number, b: number): [number, number] {
  let [ga, gb, haa, hab, hbb] = [0, 0, 0, 0, 0];
  for (const { output, burns } of judged) {
    const p = logistic(a * output + b);
    const error = p - Number(burns);
    const weight = p * (1 - p);
    ga += error * output;
    gb += error;
    haa += weight * output * output;
    hab += weight * output;
    hbb += weight;
  }
  const determinant = haa * hbb - hab * hab;
  return [(hbb * ga - hab * gb) / determinant, (haa * gb - hab * ga) / determinant];
}

function bestThreshold(judged: readonly Judged[], fires: number): number {
  const sorted = judged.toSorted((p, q) => q.output - p.output);
  let found = 0;
  let best = { f1: 0, threshold: 0 };
  for (const [n, { output, burns }] of sorted.entries()) {
    if (burns) found++;
    if (sorted[n + 1]?.output === output) continue;
    const f1 = (2 * found) / (n + 1 + fires);
    if (f1 > best.f1) best = { f1, threshold: output };
  }
  return best.threshold;
}
