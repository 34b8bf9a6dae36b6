import type { MapLayer, SoftmaxLayer } from "../graph/graph.ts";
import { at } from "../graph/tensors.ts";

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
/** Beyond it, e to the x is nothing beside 1. */
const MIN_EXPONENT = -700;

/**
 * e to the x, for x ≤ 700, from +, −, × and ÷ alone: ECMAScript leaves the last bits of Math.exp open, and the tables of a program have to be
 * the same wherever it is made.
 */
export function exp(x: number): number {
  if (x < MIN_EXPONENT) return 0;
  const k = Math.round(x / Math.LN2);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  let series = 1;
  for (let i = 16; i >= 1; i--) series = 1 + (series * r) / i;
  return series * 2 ** k;
}

/** The function of a map layer. */
export function functionOf({ function: name, alpha }: MapLayer): (x: number) => number {
  switch (name) {
    case "relu":
      return (x) => Math.max(x, 0);
    case "leakyRelu":
      return (x) => (x < 0 ? alpha * x : x);
    case "sigmoid":
      return (x) => (x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)));
  }
}

export function softmax({ outer, count, inner }: SoftmaxLayer, x: Float64Array): Float64Array {
  const result = new Float64Array(x.length);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const start = o * count * inner + i;
      let largest = Number.NEGATIVE_INFINITY;
      for (let c = 0; c < count; c++) largest = Math.max(largest, at(x, start + c * inner));
      let sum = 0;
      for (let c = 0; c < count; c++) {
        const power = exp(at(x, start + c * inner) - largest);
        result[start + c * inner] = power;
        sum += power;
      }
      for (let c = 0; c < count; c++) {
        result[start + c * inner] = at(result, start + c * inner) / sum;
      }
    }
  }
  return result;
}
