import { formatTable } from "@assay/devnet";
import type { AbortOptions } from "@assay/sdk";
import { createLocalProgram } from "../../../shared/src/programs/localProgram.ts";
import { boundsOf } from "../bound/bound.ts";
import { at } from "../graph/tensors.ts";
import { compileModel } from "../program/compileModel.ts";
import { type QuantisedGraph, quantiseValues } from "../quantise/quantise.ts";

/** A layer's error for one image. Errors and bounds are in steps of the layer's result. */
export interface LayerCheck {
  name: string;
  values: number;
  /** What a step is worth. */
  step: number;
  meanError: number;
  worstError: number;
  /** The largest bound of a value. */
  bound: number;
  /** Whether each value lies within its own bound. */
  holds: boolean;
}

/** Runs a model's program with the results of all layers, and compares them with 64-bit floats. */
export async function checkLayers(
  model: QuantisedGraph,
  input: Float64Array,
  options: AbortOptions = {},
): Promise<LayerCheck[]> {
  const outputs = model.layers.map(({ output }) => output);
  const { wasm } = await compileModel(model, { outputs, ...options });
  const bytes = quantiseValues(input, at(model.quantisations, model.graph.input));
  const result = createLocalProgram(wasm).run(new Uint8Array(bytes.buffer));
  const found = new Int8Array(result.buffer, result.byteOffset, result.byteLength);
  const bounds = boundsOf(model, input);
  let start = 0;
  return model.layers.map(({ name, output }) => {
    const { scale, zero } = at(model.quantisations, output);
    const { values, quantised } = at(bounds, output);
    const errors = values.map((value, i) =>
      Math.abs(scale * (at(found, start + i) - zero) - value),
    );
    start += values.length;
    const most = (list: Float64Array) => list.reduce((a, b) => Math.max(a, b), 0) / scale;
    return {
      name,
      values: values.length,
      step: scale,
      meanError: errors.reduce((sum, error) => sum + error, 0) / values.length / scale,
      worstError: most(errors),
      bound: most(quantised),
      holds: errors.every((error, i) => error <= at(quantised, i)),
    };
  });
}

/** The same for a person. */
export function formatChecks(checks: readonly LayerCheck[]): string {
  return formatTable(
    ["layer", "values", "a step", "mean error", "worst", "bound", "holds"],
    checks.map(({ name, values, step, meanError, worstError, bound, holds }) => [
      name,
      String(values),
      step.toPrecision(3),
      meanError.toFixed(2),
      worstError.toFixed(2),
      bound.toFixed(2),
      holds ? "yes" : "NO",
    ]),
  );
}
