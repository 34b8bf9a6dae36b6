import { evaluate, evaluateLayer } from "../evaluate/evaluate.ts";
import { exp } from "../evaluate/functions.ts";
import {
  combine,
  convolve,
  interpolate,
  join,
  maximum,
  multiplyRows,
} from "../evaluate/kernels.ts";
import type { ConvLayer, DenseLayer, Layer } from "../graph/graph.ts";
import { at } from "../graph/tensors.ts";
import { factorOf } from "../quantise/fixedPoint.ts";
import { type Quantisation, rangeOf } from "../quantise/quantisation.ts";
import type { QuantisedGraph } from "../quantise/quantise.ts";
import type { QuantisedLayer } from "../quantise/quantisedLayer.ts";

/** What a tensor holds for one input, and how far a computation of it may be off, value by value. */
export interface Bounds {
  /** In 64-bit floats. */
  values: Float64Array;
  /** Of the program, whose integers stand for other numbers. */
  quantised: Float64Array;
  /** Of a computation in 32-bit floats, like onnxruntime's. */
  single: Float64Array;
}

/** Half a unit in the last place of a 32-bit float, times two for fused and reordered sums. */
const SINGLE = 2 ** -23;
/** Of exp and what is made of it, in 32-bit floats: implementations are off by a few units in the last place. */
const SINGLE_EXP = 2 ** -20;
/** Operations a value takes beside its sum: a bias, a normalization, a Relu. */
const EXTRA = 16;
const TAP_STEP = 2 ** -12;

/**
 * Bounds the error of every tensor for one input, by following each layer's own rounding and what it makes of the errors before it. The bound
 * holds for any input: what lies beyond a tensor's range counts as error too.
 * @param input - in floats, the input to the model; the program gets its integers.
 * @returns by tensor.
 */
export function boundsOf(model: QuantisedGraph, input: Float64Array): Bounds[] {
  const { graph, quantisations } = model;
  const bounds: Bounds[] = evaluate(graph, input).map((values, id) => {
    // The input and constants are rounded, and are what they are in floats; all else is overwritten below.
    const quantised = rounded(values, at(quantisations, id));
    return { values, quantised, single: new Float64Array(values.length) };
  });
  graph.layers.forEach((layer, i) => {
    const inputs = layer.inputs.map((id) => at(bounds, id));
    const { values } = at(bounds, layer.output);
    const own = ownRounding(layer, at(model.layers, i), model);
    const to = at(quantisations, layer.output);
    const quantised = quantisedError(layer, at(model.layers, i), { inputs, result: values }, model);
    const excess = excessOf(values, to);
    bounds[layer.output] = {
      values,
      quantised: quantised.map((error, j) => error + own * to.scale + at(excess, j)),
      single: singleError(layer, inputs, values),
    };
  });
  return bounds;
}

const rounded = (values: Float64Array, to: Quantisation): Float64Array =>
  excessOf(values, to).map((excess) => excess + to.scale / 2);

/** How far each value lies beyond the range of its tensor. */
function excessOf(values: Float64Array, to: Quantisation): Float64Array {
  const [least, most] = rangeOf(to);
  return values.map((value) => Math.max(least - value, value - most, 0));
}

/** The rounding of a layer's result, in steps of its tensor. */
function ownRounding(layer: Layer, quantised: QuantisedLayer, { quantisations }: QuantisedGraph) {
  if (layer.kind === "max") return 0;
  if (quantised.kind === "resize") {
    const taps = [...quantised.rowTaps, ...quantised.columnTaps];
    // Rounded weights move a value by a part of the difference of two bytes, which is 255 steps at most, along both axes.
    return taps.every(({ weight }) => weight === 0) ? 0 : 0.5 + 2 * TAP_STEP * 255;
  }
  if (quantised.kind !== "concat") return 0.5;
  const to = at(quantisations, layer.output);
  const isSame = layer.inputs.every((id) => {
    const { scale, zero } = at(quantisations, id);
    return scale === to.scale && zero === to.zero;
  });
  return isSame ? 0 : 0.5;
}

/** What a layer makes of the errors of its inputs and of its rounded weights. */
function quantisedError(
  layer: Layer,
  quantised: QuantisedLayer,
  { inputs, result }: { inputs: readonly Bounds[]; result: Float64Array },
  { quantisations }: QuantisedGraph,
): Float64Array {
  const { values, quantised: errors } = at(inputs, 0);
  const from = at(quantisations, at(layer.inputs, 0));
  const to = at(quantisations, layer.output);
  switch (layer.kind) {
    case "conv":
    case "dense":
      return weightedError(layer, quantised, { values, errors }, from, to);
    case "average": {
      if (quantised.kind !== "average") throw new Error("layers are in the graph's order");
      const { multipliers, shift } = quantised;
      const largest = values.reduce(
        (most, value, i) => Math.max(most, Math.abs(value) + at(errors, i)),
        0,
      );
      const off = multipliers.reduce((most, multiplier, i) => {
        const count = layer.countsPadding ? multipliers.length : i + 1;
        return Math.max(
          most,
          Math.abs((multiplier * 2 ** -shift * to.scale * count) / from.scale - 1),
        );
      }, 0);
      return evaluateLayer({ ...layer, isRectified: false }, [errors]).map(
        (e) => e + off * largest,
      );
    }
    case "max":
      return maximum(layer, errors);
    case "add":
    case "multiply": {
      const other = at(inputs, 1);
      if (quantised.kind !== "add" && quantised.kind !== "multiply") {
        throw new Error("layers are in the graph's order");
      }
      const scales = [from.scale, at(quantisations, at(layer.inputs, 1)).scale] as const;
      const real = (i: 0 | 1) => quantised.multipliers[i] * 2 ** -quantised.shift * to.scale;
      if (layer.kind === "add") {
        const off = 255 * (Math.abs(real(0) - scales[0]) + Math.abs(real(1) - scales[1]));
        return combine(layer, errors, other.quantised, (a, b) => a + b + off);
      }
      const off = Math.abs(real(0) / (scales[0] * scales[1]) - 1);
      const reach = (x: Bounds) => x.values.map((v, i) => Math.abs(v) + at(x.quantised, i));
      const left = combine(layer, values, other.quantised, (v, e) => Math.abs(v) * e);
      const right = combine(layer, errors, reach(other), (e, v) => e * v);
      const product = combine(layer, reach(at(inputs, 0)), reach(other), (a, b) => a * b * off);
      return left.map((error, i) => error + at(right, i) + at(product, i));
    }
    case "map":
      return errors.map((error) => cappedError(layer, error));
    case "softmax":
      return softmaxError(layer, errors, result).map((e) => e + (layer.count + 1) / 2 ** 24);
    case "resize":
      return interpolate(layer, errors);
    case "concat":
      return join(
        layer,
        inputs.map((input) => input.quantised),
      );
    case "affine":
      throw new Error("a graph is folded before it is quantised");
  }
}

function slopeOf({ function: name, alpha }: Layer & { kind: "map" }): number {
  if (name === "sigmoid") return 1 / 4;
  return name === "relu" ? 1 : Math.max(1, Math.abs(alpha));
}

/** A sigmoid's results are between 0 and 1, however wrong its input. */
const cappedError = (layer: Layer & { kind: "map" }, error: number): number =>
  layer.function === "sigmoid" ? Math.min(error / 4, 1) : error * slopeOf(layer);

/** So large an error leaves every share open, and its exponential finite. */
const MAX_EXPONENT = 600;

/**
 * If no input is off by more than M, the odds p / (1 − p) of a share change by the factor e to the 2M at most.
 * @param shares - the true ones.
 */
function softmaxError(
  { outer, count, inner }: Layer & { kind: "softmax" },
  errors: Float64Array,
  shares: Float64Array,
): Float64Array {
  const result = new Float64Array(errors.length);
  for (let start = 0; start < outer * inner; start++) {
    const first = Math.floor(start / inner) * count * inner + (start % inner);
    let most = 0;
    for (let c = 0; c < count; c++) most = Math.max(most, at(errors, first + c * inner));
    const factor = exp(Math.min(2 * most, MAX_EXPONENT));
    for (let c = 0; c < count; c++) {
      const p = at(shares, first + c * inner);
      const up = (p * factor) / (p * factor + 1 - p) - p;
      const down = p - p / (p + (1 - p) * factor);
      result[first + c * inner] = Math.max(up, down);
    }
  }
  return result;
}

type Weighted = ConvLayer | DenseLayer;

function weigh(layer: Weighted, x: Float64Array, weight: Float64Array, bias: Float64Array) {
  const weights = { weight, bias };
  return layer.kind === "conv" ? convolve(layer, x, weights) : multiplyRows(layer, x, weights);
}

const magnitudes = (values: Float64Array) => values.map(Math.abs);

function weightedError(
  layer: Weighted,
  quantised: QuantisedLayer,
  { values, errors }: { values: Float64Array; errors: Float64Array },
  from: Quantisation,
  to: Quantisation,
): Float64Array {
  if (quantised.kind !== "conv" && quantised.kind !== "dense") {
    throw new Error("layers are in the graph's order");
  }
  const each = layer.weight.length / layer.bias.length;
  const real = new Float64Array(layer.weight.length);
  const weightOff = new Float64Array(layer.weight.length);
  const biasOff = new Float64Array(layer.bias.length);
  layer.bias.forEach((bias, c) => {
    const factor = factorOf({
      multiplier: at(quantised.multiplier, c),
      shift: at(quantised.shift, c),
    });
    // What a step of the channel's sum is worth in the end: the multiplier's rounding is in it.
    const step = factor * to.scale;
    let sum = 0;
    for (let i = c * each; i < (c + 1) * each; i++) {
      const q = at(quantised.weight, i);
      sum += q;
      real[i] = (q * step) / from.scale;
      weightOff[i] = Math.abs(at(real, i) - at(layer.weight, i));
      real[i] = Math.abs(at(real, i));
    }
    biasOff[c] = Math.abs((at(quantised.bias, c) + from.zero * sum) * step - bias);
  });
  const carried = weigh(layer, errors, real, biasOff);
  const added = weigh(layer, magnitudes(values), weightOff, new Float64Array(layer.bias.length));
  return carried.map((error, i) => error + at(added, i));
}

/** The error of a layer in 32-bit floats: that of its inputs, and the rounding of its own sums. */
function singleError(layer: Layer, inputs: readonly Bounds[], result: Float64Array): Float64Array {
  const { values, single } = at(inputs, 0);
  const own = (terms: number) => terms * SINGLE;
  switch (layer.kind) {
    case "conv":
    case "dense": {
      const weight = magnitudes(layer.weight);
      const none = new Float64Array(layer.bias.length);
      const carried = weigh(layer, single, weight, none);
      const sizes = weigh(layer, magnitudes(values), weight, magnitudes(layer.bias));
      const terms = layer.weight.length / layer.bias.length + EXTRA;
      return carried.map((error, i) => error + own(terms) * (at(sizes, i) + error));
    }
    case "average": {
      const area = layer.kernel[0] * layer.kernel[1];
      const sizes = evaluateLayer(layer, [magnitudes(values)]);
      return evaluateLayer(layer, [single]).map((e, i) => e + own(area + EXTRA) * at(sizes, i));
    }
    case "max":
      return maximum(layer, single);
    case "add":
      return combine(layer, single, at(inputs, 1).single, (a, b) => a + b).map(
        (error, i) => error + own(EXTRA) * (Math.abs(at(result, i)) + error),
      );
    case "multiply": {
      const other = at(inputs, 1);
      const left = combine(layer, magnitudes(values), other.single, (v, e) => v * e);
      const right = combine(layer, single, magnitudes(other.values), (e, v) => e * v);
      const both = combine(layer, single, other.single, (a, b) => a * b);
      return left.map(
        (e, i) => e + at(right, i) + at(both, i) + own(EXTRA) * Math.abs(at(result, i)),
      );
    }
    case "map": {
      const off = layer.function === "sigmoid" ? SINGLE_EXP : 0;
      return single.map((e, i) => e * slopeOf(layer) + off + own(1) * Math.abs(at(result, i)));
    }
    case "softmax":
      return softmaxError(layer, single, result).map((e) => e + SINGLE_EXP * layer.count);
    case "resize": {
      const sizes = interpolate(layer, magnitudes(values));
      // Coordinates are rounded too.
      return interpolate(layer, single).map((e, i) => e + SINGLE_EXP * at(sizes, i));
    }
    case "concat":
      return join(
        layer,
        inputs.map((input) => input.single),
      );
    case "affine":
      throw new Error("a graph is folded before it is quantised");
  }
}
