import { exp, functionOf } from "../evaluate/functions.ts";
import type { BinaryLayer, ConvLayer, DenseLayer, Layer, PoolLayer, Tap } from "../graph/graph.ts";
import { at } from "../graph/tensors.ts";
import { ModelError } from "../onnx/modelError.ts";
import { fixedPoint } from "./fixedPoint.ts";
import { HIGHEST, LOWEST, type Quantisation, quantiseValue } from "./quantisation.ts";
import type { QuantisedLayer, QuantisedTap } from "./quantisedLayer.ts";

/** So large may a bias be in steps of its sum: a quarter of what 32 bits hold, so that the weights have the rest. */
const MAX_BIAS = 2 ** 29;
const MAX_SUM = 2 ** 31 - 1;
/** Windows of so many pixels sum up to less than 2²⁴. */
const MAX_AVERAGED = 1 << 16;
const TAP_ONE = 2_048;
const SOFTMAX_ONE = 2 ** 23;
const BYTES = Array.from({ length: HIGHEST - LOWEST + 1 }, (_, i) => LOWEST + i);

/** A layer in integers. */
export function quantiseLayer(
  layer: Layer,
  quantisations: readonly Quantisation[],
): QuantisedLayer {
  const { name, inputs, output } = layer;
  const common = { name, inputs, output };
  const from = at(quantisations, at(inputs, 0));
  const to = at(quantisations, output);
  switch (layer.kind) {
    case "conv": {
      const { groups, kernel, strides, dilations, pads, from: image, to: result } = layer;
      const window = { kernel, strides, dilations, pads };
      const sizes = { ...window, groups, from: image, to: result };
      return { kind: "conv", ...common, ...sizes, zeroIn: from.zero, ...channels(layer, from, to) };
    }
    case "dense": {
      const { rows, inputSize, outputSize } = layer;
      return {
        kind: "dense",
        ...common,
        rows,
        inputSize,
        outputSize,
        ...channels(layer, from, to),
      };
    }
    case "affine":
      throw new Error("a graph is folded before it is quantised");
    case "max": {
      const { kernel, strides, dilations, pads, from: image, to: result } = layer;
      return { kind: "max", ...common, kernel, strides, dilations, pads, from: image, to: result };
    }
    case "average":
      return { ...common, ...average(layer, from, to) };
    case "add":
    case "multiply":
      return { ...common, ...binary(layer, quantisations) };
    case "map": {
      const f = functionOf(layer);
      const table = tableOf(from, (x) => quantiseValue(f(x), to));
      return { kind: "map", ...common, size: layer.size, table };
    }
    case "softmax": {
      const { outer, count, inner } = layer;
      const table = Int32Array.from(BYTES, (_, i) =>
        Math.round(exp(-i * from.scale) * SOFTMAX_ONE),
      );
      return { kind: "softmax", ...common, outer, count, inner, table };
    }
    case "resize": {
      const taps = (list: readonly Tap[]): QuantisedTap[] =>
        list.map((tap) => ({ ...tap, weight: Math.round(tap.weight * TAP_ONE) }));
      const { from: image, rowTaps, columnTaps } = layer;
      return {
        kind: "resize",
        ...common,
        from: image,
        rowTaps: taps(rowTaps),
        columnTaps: taps(columnTaps),
      };
    }
    case "concat": {
      const { outer, pieces } = layer;
      const tables = inputs.map((id) =>
        tableOf(at(quantisations, id), (x) => quantiseValue(x, to)),
      );
      return { kind: "concat", ...common, outer, pieces, tables };
    }
  }
}

const tableOf = ({ scale, zero }: Quantisation, f: (x: number) => number): Int8Array =>
  Int8Array.from(BYTES, (q) => f(scale * (q - zero)));

/** Rounds weights to 8 bits, each channel by a scale of its own, and biases to the steps of their channel's sums. */
function channels(
  { name, weight, bias }: ConvLayer | DenseLayer,
  from: Quantisation,
  to: Quantisation,
) {
  const each = weight.length / bias.length;
  const result = {
    zeroOut: to.zero,
    weight: new Int8Array(weight.length),
    bias: new Int32Array(bias.length),
    multiplier: new Int32Array(bias.length),
    shift: new Int32Array(bias.length),
  };
  const reach = Math.max(HIGHEST - from.zero, from.zero - LOWEST);
  bias.forEach((value, c) => {
    const own = weight.subarray(c * each, (c + 1) * each);
    const scale = weightScale(own, value, from);
    let sum = 0;
    let magnitude = 0;
    own.forEach((one, i) => {
      const q = Math.min(Math.max(Math.round(one / scale), -HIGHEST), HIGHEST);
      result.weight[c * each + i] = q;
      sum += q;
      magnitude += Math.abs(q);
    });
    const steps = Math.round(value / (from.scale * scale));
    if (Math.abs(steps) + magnitude * reach > MAX_SUM) {
      throw new ModelError(
        `${name} sums up ${each} products, which can exceed 32 bits: use a layer with fewer inputs.`,
      );
    }
    result.bias[c] = steps - from.zero * sum;
    const { multiplier, shift } = fixedPoint((from.scale * scale) / to.scale, name);
    result.multiplier[c] = multiplier;
    result.shift[c] = shift;
  });
  return result;
}

/** The step of a channel's weights: a 127th of the largest, or larger where the bias would be too many steps. */
function weightScale(weight: Float64Array, bias: number, from: Quantisation): number {
  const largest = weight.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return Math.max(largest / HIGHEST, Math.abs(bias) / (from.scale * MAX_BIAS)) || 1;
}

function average(layer: PoolLayer, from: Quantisation, to: Quantisation) {
  const { kernel, strides, dilations, pads, countsPadding, name } = layer;
  const area = kernel[0] * kernel[1];
  if (area > MAX_AVERAGED) {
    throw new ModelError(
      `${name} averages ${area} pixels, and at most ${MAX_AVERAGED} are supported: use smaller images.`,
    );
  }
  const whole = fixedPoint(from.scale / to.scale, name);
  const factor = (from.scale / to.scale) * 2 ** whole.shift;
  return {
    kind: "average" as const,
    ...{ kernel, strides, dilations, pads, countsPadding, from: layer.from, to: layer.to },
    zeroIn: from.zero,
    zeroOut: to.zero,
    multipliers: Int32Array.from({ length: area }, (_, i) =>
      Math.round(factor / (countsPadding ? area : i + 1)),
    ),
    shift: whole.shift,
  };
}

function binary(layer: BinaryLayer, quantisations: readonly Quantisation[]) {
  const { kind, dims, strides, inputs, output, name } = layer;
  const a = at(quantisations, at(inputs, 0));
  const b = at(quantisations, at(inputs, 1));
  const to = at(quantisations, output);
  const common = { kind, dims, strides, zeros: [a.zero, b.zero] as const, zeroOut: to.zero };
  if (kind === "multiply") {
    const { multiplier, shift } = fixedPoint((a.scale * b.scale) / to.scale, name);
    return { ...common, multipliers: [multiplier, 0] as const, shift };
  }
  // The larger summand decides the shift for both.
  const { shift } = fixedPoint(Math.max(a.scale, b.scale) / to.scale, name);
  const steps = ({ scale }: Quantisation) => Math.round((scale / to.scale) * 2 ** shift);
  return { ...common, multipliers: [steps(a), steps(b)] as const, shift };
}
