import { evaluate } from "../evaluate/evaluate.ts";
import type { Graph, Layer } from "../graph/graph.ts";
import { at } from "../graph/tensors.ts";
import { ModelError } from "../onnx/modelError.ts";
import {
  constantQuantisation,
  type Quantisation,
  quantisationOf,
  quantiseValue,
} from "./quantisation.ts";
import type { QuantisedLayer } from "./quantisedLayer.ts";
import { quantiseLayer } from "./quantiseLayer.ts";

/** A graph in integers: 8 bits a weight and value, 32 bits a sum. */
export interface QuantisedGraph {
  graph: Graph;
  /** By tensor. */
  quantisations: readonly Quantisation[];
  /** The integers of constant tensors, by tensor. */
  constants: readonly (Int8Array | undefined)[];
  /** One for each layer of the graph, in its order. */
  layers: readonly QuantisedLayer[];
}

export interface QuantiseOptions {
  /** Inputs like those to come, at least one: they say which numbers each tensor holds. One after another, they are gone through once. */
  samples: Iterable<Float64Array>;
  /** The numbers of the input, if they are known. Default: as the samples. */
  inputRange?: readonly [number, number] | undefined;
}

/** A softmax gives 1 − 1/256 at most; e to the 0 alone is 1. */
const SOFTMAX: Quantisation = { scale: 1 / 256, zero: -128 };
const SIGMOID: Quantisation = { scale: 1 / 255, zero: -128 };

/**
 * Chooses each tensor's scale by what it holds for the samples, and rounds weights and tables. The same graph and samples give the same
 * integers on every machine.
 * @throws {@link ModelError} without samples, and for a layer whose sums could exceed 32 bits.
 */
export function quantise(graph: Graph, { samples, inputRange }: QuantiseOptions): QuantisedGraph {
  const ranges = observe(graph, samples);
  if (inputRange !== undefined) ranges[graph.input] = inputRange;
  const quantisations: Quantisation[] = graph.tensors.map(({ constant }, id) => {
    if (constant !== undefined) return constantQuantisation(constant);
    return quantisationOf(...(ranges[id] ?? [0, 0]));
  });
  for (const layer of graph.layers) {
    const fixed = fixedQuantisation(layer, quantisations);
    if (fixed !== undefined) quantisations[layer.output] = fixed;
  }
  return {
    graph,
    quantisations,
    constants: graph.tensors.map(
      ({ constant }, id) => constant && quantiseValues(constant, at(quantisations, id)),
    ),
    layers: graph.layers.map((layer) => quantiseLayer(layer, quantisations)),
  };
}

/** The integers of a tensor. */
export const quantiseValues = (values: Float64Array, quantisation: Quantisation): Int8Array =>
  Int8Array.from(values, (value) => quantiseValue(value, quantisation));

/** The quantisation of a result that does not follow from what it holds. */
function fixedQuantisation(
  { kind, inputs, ...layer }: Layer,
  quantisations: readonly Quantisation[],
): Quantisation | undefined {
  // Their results are inputs as they are, or lie between inputs.
  if (kind === "max" || kind === "resize") return at(quantisations, at(inputs, 0));
  if (kind === "softmax") return SOFTMAX;
  return "function" in layer && layer.function === "sigmoid" ? SIGMOID : undefined;
}

/** The least and most value of each tensor. */
function observe(graph: Graph, samples: Iterable<Float64Array>): (readonly [number, number])[] {
  const ranges: (readonly [number, number])[] = [];
  for (const sample of samples) {
    evaluate(graph, sample).forEach((values, id) => {
      let [least, most] = ranges[id] ?? [0, 0];
      for (const value of values) {
        if (value < least) least = value;
        if (value > most) most = value;
      }
      if (!Number.isFinite(least) || !Number.isFinite(most)) {
        throw new ModelError(
          `The tensor "${graph.tensors[id]?.name}" overflows for a sample: give other calibration images, or train the model again.`,
        );
      }
      ranges[id] = [least, most];
    });
  }
  if (ranges.length === 0) {
    throw new ModelError("There are no samples to calibrate with: give at least one.");
  }
  return ranges;
}
