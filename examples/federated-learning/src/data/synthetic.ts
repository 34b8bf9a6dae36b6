import { createRandom, seedOf } from "../random/random.ts";
import type { DataSet } from "./dataSet.ts";

/**
 * Clusters of the normal distribution for want of real data: each class is a mean in [0, 1]^features and a direction in which it
 * spreads more, with so much noise that a linear model is right about nineteen times of twenty.
 */
export function syntheticData({
  seed,
  examples,
  features = 64,
  classes = 10,
  purpose = 0,
}: {
  seed: number;
  examples: number;
  features?: number;
  classes?: number;
  /** Different numbers draw different examples of the same classes. */
  purpose?: number;
}): DataSet {
  const shapes = createRandom(seedOf(seed, 11));
  const draw = () => Float64Array.from({ length: features }, () => shapes.next());
  const prototypes = Array.from({ length: classes }, () => ({ mean: draw(), spread: draw() }));
  const random = createRandom(seedOf(seed, 12, purpose));
  const values = new Float32Array(examples * features);
  const labels = new Uint8Array(examples);
  for (let i = 0; i < examples; i++) {
    const label = i % classes;
    labels[i] = label;
    const { mean, spread } = prototypes[label] ?? { mean: [], spread: [] };
    const along = random.normal();
    for (let k = 0; k < features; k++) {
      const value =
        (mean[k] ?? 0) + 0.5 * along * ((spread[k] ?? 0) - 0.5) + 0.75 * random.normal();
      values[i * features + k] = value;
    }
  }
  return { features, classes, values, labels };
}
