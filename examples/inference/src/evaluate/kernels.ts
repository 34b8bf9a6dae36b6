import type {
  BinaryLayer,
  ConcatLayer,
  ConvLayer,
  DenseLayer,
  PoolLayer,
  ResizeLayer,
  Window,
} from "../graph/graph.ts";
import { at } from "../graph/tensors.ts";

/** Weights and biases that may be others than the layer's own: bounds use their magnitudes. */
export interface Weights {
  weight: Float64Array;
  bias: Float64Array;
}

export function convolve(
  layer: ConvLayer,
  x: Float64Array,
  { weight, bias }: Weights,
): Float64Array {
  const { from, to, groups, kernel, strides, dilations, pads } = layer;
  const depth = from.channels / groups;
  const perGroup = to.channels / groups;
  const result = new Float64Array(to.channels * to.rows * to.columns);
  for (let m = 0; m < to.channels; m++) {
    const first = Math.floor(m / perGroup) * depth;
    for (let y = 0; y < to.rows; y++) {
      for (let column = 0; column < to.columns; column++) {
        let sum = bias[m] ?? 0;
        for (let d = 0; d < depth; d++) {
          for (let ky = 0; ky < kernel[0]; ky++) {
            const row = y * strides[0] + ky * dilations[0] - pads[0];
            if (row < 0 || row >= from.rows) continue;
            const taps = ((m * depth + d) * kernel[0] + ky) * kernel[1];
            const line = ((first + d) * from.rows + row) * from.columns;
            for (let kx = 0; kx < kernel[1]; kx++) {
              const place = column * strides[1] + kx * dilations[1] - pads[1];
              if (place < 0 || place >= from.columns) continue;
              sum += (weight[taps + kx] ?? 0) * (x[line + place] ?? 0);
            }
          }
        }
        result[(m * to.rows + y) * to.columns + column] = sum;
      }
    }
  }
  return result;
}

export function multiplyRows(
  { rows, inputSize, outputSize }: DenseLayer,
  x: Float64Array,
  { weight, bias }: Weights,
): Float64Array {
  const result = new Float64Array(rows * outputSize);
  for (let r = 0; r < rows; r++) {
    for (let n = 0; n < outputSize; n++) {
      let sum = bias[n] ?? 0;
      for (let k = 0; k < inputSize; k++) {
        sum += (weight[n * inputSize + k] ?? 0) * (x[r * inputSize + k] ?? 0);
      }
      result[r * outputSize + n] = sum;
    }
  }
  return result;
}

/** Calls `visit` for each pixel of a window that lies in the image; padding is left out. */
function forWindow(
  { from, kernel, strides, dilations, pads }: Window & Pick<PoolLayer, "from">,
  y: number,
  x: number,
  visit: (offset: number) => void,
): void {
  for (let ky = 0; ky < kernel[0]; ky++) {
    const row = y * strides[0] + ky * dilations[0] - pads[0];
    if (row < 0 || row >= from.rows) continue;
    for (let kx = 0; kx < kernel[1]; kx++) {
      const column = x * strides[1] + kx * dilations[1] - pads[1];
      if (column >= 0 && column < from.columns) visit(row * from.columns + column);
    }
  }
}

/** A value for each window of each channel. */
function pool(
  layer: PoolLayer,
  x: Float64Array,
  reduce: (values: number[]) => number,
): Float64Array {
  const { from, to } = layer;
  const result = new Float64Array(to.channels * to.rows * to.columns);
  for (let c = 0; c < to.channels; c++) {
    const plane = c * from.rows * from.columns;
    for (let y = 0; y < to.rows; y++) {
      for (let column = 0; column < to.columns; column++) {
        const values: number[] = [];
        forWindow(layer, y, column, (offset) => values.push(at(x, plane + offset)));
        result[(c * to.rows + y) * to.columns + column] = reduce(values);
      }
    }
  }
  return result;
}

export const maximum = (layer: PoolLayer, x: Float64Array): Float64Array =>
  pool(layer, x, (values) => values.reduce((a, b) => Math.max(a, b)));

export function average(layer: PoolLayer, x: Float64Array): Float64Array {
  const whole = layer.kernel[0] * layer.kernel[1];
  return pool(layer, x, (values) => {
    const sum = values.reduce((a, b) => a + b, 0);
    return sum / (layer.countsPadding ? whole : values.length);
  });
}

export function combine(
  { dims, strides }: BinaryLayer,
  a: Float64Array,
  b: Float64Array,
  join: (a: number, b: number) => number,
): Float64Array {
  const [, rows = 1, columns = 1, depth = 1] = dims;
  const result = new Float64Array(dims.reduce((product, size) => product * size, 1));
  const place = (of: readonly number[], i: number) =>
    Math.floor(i / (depth * columns * rows)) * (of[0] ?? 0) +
    (Math.floor(i / (depth * columns)) % rows) * (of[1] ?? 0) +
    (Math.floor(i / depth) % columns) * (of[2] ?? 0) +
    (i % depth) * (of[3] ?? 0);
  return result.map((_, i) => join(at(a, place(strides[0], i)), at(b, place(strides[1], i))));
}

export function interpolate(
  { from, rowTaps, columnTaps }: ResizeLayer,
  x: Float64Array,
): Float64Array {
  const result = new Float64Array(from.channels * rowTaps.length * columnTaps.length);
  let i = 0;
  for (let c = 0; c < from.channels; c++) {
    for (const row of rowTaps) {
      const line = (y: number, column: number) =>
        at(x, (c * from.rows + y) * from.columns + column);
      for (const { first, second, weight } of columnTaps) {
        const along = (y: number) => (1 - weight) * line(y, first) + weight * line(y, second);
        result[i++] = (1 - row.weight) * along(row.first) + row.weight * along(row.second);
      }
    }
  }
  return result;
}

export function join(
  { outer, pieces }: ConcatLayer,
  inputs: readonly Float64Array[],
): Float64Array {
  const width = pieces.reduce((sum, size) => sum + size, 0);
  const result = new Float64Array(outer * width);
  for (let o = 0, to = 0; o < outer; o++) {
    pieces.forEach((size, i) => {
      result.set(at(inputs, i).subarray(o * size, (o + 1) * size), to);
      to += size;
    });
  }
  return result;
}
