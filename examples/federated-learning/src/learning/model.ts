import { createHash } from "node:crypto";
import type { Random } from "../random/random.ts";

/** A classifier: softmax regression, or with `hidden` > 0 one layer of rectified linear units before it. */
export interface ModelShape {
  features: number;
  hidden: number;
  classes: number;
}

export function parameterCount({ features, hidden, classes }: ModelShape): number {
  return hidden > 0 ? (features + 1) * hidden + (hidden + 1) * classes : (features + 1) * classes;
}

/** Zeros for softmax regression; He et al.'s normal weights for a hidden layer, which cannot start at 0. */
export function initialModel(shape: ModelShape, random: Random): Float64Array {
  const { features, hidden, classes } = shape;
  const model = new Float64Array(parameterCount(shape));
  if (hidden === 0) return model;
  const fill = (from: number, count: number, inputs: number) => {
    for (let i = from; i < from + count; i++) model[i] = random.normal() * Math.sqrt(2 / inputs);
  };
  fill(0, features * hidden, features);
  fill((features + 1) * hidden, hidden * classes, hidden);
  return model;
}

/** The model one step on: parameters plus `rate` times the aggregate. */
export function applyUpdate(
  model: Float64Array,
  aggregate: Float64Array,
  rate: number,
): Float64Array {
  return model.map((value, i) => value + rate * (aggregate[i] ?? 0));
}

/** SHA-256 of a model's bytes, in hex: equal for two runs if their models are equal to the bit. */
export function sha256(model: Float64Array): string {
  return createHash("sha256")
    .update(new Uint8Array(model.buffer, model.byteOffset, model.byteLength))
    .digest("hex");
}
