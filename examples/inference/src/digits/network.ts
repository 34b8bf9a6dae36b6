import { exp } from "../evaluate/functions.ts";
import { CLASSES, SIDE } from "./drawDigit.ts";

// Conv 3 × 3 → Relu → MaxPool 2 → Conv 3 × 3 → Relu → MaxPool 2 → Gemm → Softmax, forth and back, in 64-bit floats and one order of sums.

export const FIRST = 8;
export const SECOND = 16;
const HALF = SIDE / 2;
const QUARTER = SIDE / 4;
export const FEATURES = SECOND * QUARTER * QUARTER;

/** All weights and biases, or the gradients by them. */
export interface Parameters {
  conv1: Float64Array;
  bias1: Float64Array;
  conv2: Float64Array;
  bias2: Float64Array;
  dense: Float64Array;
  bias3: Float64Array;
}

export const emptyParameters = (): Parameters => ({
  conv1: new Float64Array(FIRST * 9),
  bias1: new Float64Array(FIRST),
  conv2: new Float64Array(SECOND * FIRST * 9),
  bias2: new Float64Array(SECOND),
  dense: new Float64Array(CLASSES * FEATURES),
  bias3: new Float64Array(CLASSES),
});

/** Layers of one image, overwritten by the next. */
export function createNetwork(parameters: Parameters) {
  const { conv1, bias1, conv2, bias2, dense, bias3 } = parameters;
  const image = new Float64Array(SIDE * SIDE);
  const first = stage(1, FIRST, SIDE);
  const second = stage(FIRST, SECOND, HALF);
  const shares = new Float64Array(CLASSES);

  /** @returns the classes' probabilities. */
  function forward(pixels: Uint8Array): Float64Array {
    pixels.forEach((value, i) => {
      image[i] = value / 255;
    });
    first.forward(image, conv1, bias1);
    second.forward(first.pooled, conv2, bias2);
    let most = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < CLASSES; k++) {
      let sum = bias3[k] as number;
      for (let f = 0; f < FEATURES; f++) {
        sum += (dense[k * FEATURES + f] as number) * (second.pooled[f] as number);
      }
      shares[k] = sum;
      most = Math.max(most, sum);
    }
    let total = 0;
    for (let k = 0; k < CLASSES; k++) total += shares[k] = exp((shares[k] as number) - most);
    for (let k = 0; k < CLASSES; k++) shares[k] = (shares[k] as number) / total;
    return shares;
  }

  /** Adds the gradient of the last image's cross entropy to `gradient`. */
  function backward(label: number, gradient: Parameters): void {
    second.pooledGradient.fill(0);
    for (let k = 0; k < CLASSES; k++) {
      const delta = (shares[k] as number) - (k === label ? 1 : 0);
      (gradient.bias3[k] as number) += delta;
      for (let f = 0; f < FEATURES; f++) {
        (gradient.dense[k * FEATURES + f] as number) += delta * (second.pooled[f] as number);
        (second.pooledGradient[f] as number) += delta * (dense[k * FEATURES + f] as number);
      }
    }
    first.pooledGradient.fill(0);
    second.backward(first.pooled, conv2, gradient.conv2, gradient.bias2, first.pooledGradient);
    first.backward(image, conv1, gradient.conv1, gradient.bias1, undefined);
  }

  return { forward, backward };
}

/** A convolution with padding, Relu and the largest of 2 × 2. */
function stage(inputs: number, outputs: number, side: number) {
  const area = side * side;
  const half = side / 2;
  const sums = new Float64Array(outputs * area);
  const pooled = new Float64Array(outputs * half * half);
  const winners = new Int32Array(pooled.length);
  const pooledGradient = new Float64Array(pooled.length);
  /** Calls `visit` for each tap that lies in the image: its weight's index, and those of its first pixels, row by row. */
  function forTaps(
    m: number,
    visit: (weight: number, input: number, place: number, y: number) => void,
  ) {
    for (let c = 0; c < inputs; c++) {
      for (let tap = 0; tap < 9; tap++) {
        const dy = Math.floor(tap / 3) - 1;
        const dx = (tap % 3) - 1;
        const weight = (m * inputs + c) * 9 + tap;
        for (let y = Math.max(0, -dy); y < Math.min(side, side - dy); y++) {
          visit(weight, c * area + (y + dy) * side + dx, m * area + y * side, dx);
        }
      }
    }
  }
  const ends = (dx: number) => [Math.max(0, -dx), Math.min(side, side - dx)] as const;

  return {
    pooled,
    pooledGradient,
    forward(x: Float64Array, weights: Float64Array, bias: Float64Array): void {
      for (let m = 0; m < outputs; m++) {
        sums.fill(bias[m] as number, m * area, (m + 1) * area);
        forTaps(m, (weight, input, place, dx) => {
          const w = weights[weight] as number;
          const [start, end] = ends(dx);
          for (let i = start; i < end; i++)
            (sums[place + i] as number) += w * (x[input + i] as number);
        });
      }
      for (let i = 0; i < pooled.length; i++) {
        const m = Math.floor(i / (half * half));
        const y = Math.floor(i / half) % half;
        let winner = m * area + 2 * y * side + 2 * (i % half);
        for (const other of [winner + 1, winner + side, winner + side + 1]) {
          if ((sums[other] as number) > (sums[winner] as number)) winner = other;
        }
        winners[i] = winner;
        pooled[i] = Math.max(sums[winner] as number, 0);
      }
    },
    backward(
      x: Float64Array,
      weights: Float64Array,
      weightGradient: Float64Array,
      biasGradient: Float64Array,
      inputGradient: Float64Array | undefined,
    ): void {
      sums.fill(0);
      for (let i = 0; i < pooled.length; i++) {
        if ((pooled[i] as number) > 0) sums[winners[i] as number] = pooledGradient[i] as number;
      }
      for (let m = 0; m < outputs; m++) {
        for (let i = m * area; i < (m + 1) * area; i++)
          (biasGradient[m] as number) += sums[i] as number;
        forTaps(m, (weight, input, place, dx) => {
          const [start, end] = ends(dx);
          let sum = 0;
          for (let i = start; i < end; i++)
            sum += (sums[place + i] as number) * (x[input + i] as number);
          (weightGradient[weight] as number) += sum;
          if (inputGradient === undefined) return;
          const w = weights[weight] as number;
          for (let i = start; i < end; i++) {
            (inputGradient[input + i] as number) += w * (sums[place + i] as number);
          }
        });
      }
    },
  };
}
