import type { Graph, Layer } from "../graph/graph.ts";
import { at } from "../graph/tensors.ts";
import { functionOf, softmax } from "./functions.ts";
import { average, combine, convolve, interpolate, join, maximum, multiplyRows } from "./kernels.ts";

/**
 * Computes a graph in 64-bit floats, for one image.
 * @returns the tensors by their index, constants included.
 */
export function evaluate(graph: Graph, input: Float64Array): Float64Array[] {
  const tensors: Float64Array[] = [];
  graph.tensors.forEach(({ constant }, id) => {
    if (constant !== undefined) tensors[id] = constant;
  });
  tensors[graph.input] = input;
  for (const layer of graph.layers) {
    tensors[layer.output] = evaluateLayer(
      layer,
      layer.inputs.map((id) => at(tensors, id)),
    );
  }
  return tensors;
}

/** Computes one layer from the tensors of its inputs. */
export function evaluateLayer(layer: Layer, inputs: readonly Float64Array[]): Float64Array {
  const result = compute(layer, inputs);
  return layer.isRectified ? result.map((value) => Math.max(value, 0)) : result;
}

function compute(layer: Layer, inputs: readonly Float64Array[]): Float64Array {
  const x = at(inputs, 0);
  switch (layer.kind) {
    case "conv":
      return convolve(layer, x, layer);
    case "dense":
      return multiplyRows(layer, x, layer);
    case "affine": {
      const { channels, inner, scale, shift } = layer;
      return x.map((value, i) => {
        const c = Math.floor(i / inner) % channels;
        return value * at(scale, c) + at(shift, c);
      });
    }
    case "max":
      return maximum(layer, x);
    case "average":
      return average(layer, x);
    case "add":
      return combine(layer, x, at(inputs, 1), (a, b) => a + b);
    case "multiply":
      return combine(layer, x, at(inputs, 1), (a, b) => a * b);
    case "map":
      return x.map(functionOf(layer));
    case "softmax":
      return softmax(layer, x);
    case "resize":
      return interpolate(layer, x);
    case "concat":
      return join(layer, inputs);
  }
}
