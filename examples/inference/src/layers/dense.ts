import { countOf } from "../onnx/tensor.ts";
import { constantAt, type NodeContext, refuse } from "./nodeContext.ts";

export function gemm(context: NodeContext): void {
  const { attributes } = context;
  const alpha = attributes.float("alpha", 1);
  const beta = attributes.float("beta", 1);
  if (attributes.int("transA", 0) !== 0) {
    refuse(context, "transposes its input: export the model without transA.");
  }
  const isTransposed = attributes.int("transB", 0) !== 0;
  const { shape } = context.input(0);
  const { values, shape: sides } = constantAt(context, 1, "weights");
  const [first = 0, second = 0] = sides;
  const [inputSize, outputSize] = isTransposed ? [second, first] : [first, second];
  const [rows = 0, columns] = shape;
  if (shape.length !== 2 || sides.length !== 2 || columns !== inputSize || outputSize < 1) {
    misfit(context, shape, sides);
  }
  const weight = isTransposed ? values.slice() : transpose(values, first, second);
  for (let i = 0; i < weight.length; i++) weight[i] = alpha * (weight[i] ?? 0);
  const bias = new Float64Array(outputSize);
  const added = context.optional(2) && constantAt(context, 2, "bias");
  if (added !== undefined) {
    const count = added.values.length;
    const isRow = added.shape.at(-1) === count || count === 1;
    if (!isRow || (count !== outputSize && count !== 1)) {
      refuse(
        context,
        `has a bias of ${added.shape.join(" × ")} for ${outputSize} outputs: use one bias an output.`,
      );
    }
    for (let n = 0; n < outputSize; n++) bias[n] = beta * (added.values[count === 1 ? 0 : n] ?? 0);
  }
  context.emit(
    { kind: "dense", inputs: [context.tensor(0)], rows, inputSize, outputSize, weight, bias },
    [rows, outputSize],
  );
}

export function matMul(context: NodeContext): void {
  const { shape, constant } = context.input(0);
  if (constant !== undefined || context.input(1).constant === undefined) {
    refuse(
      context,
      "does not multiply what is computed by constant weights: only that order is supported.",
    );
  }
  const { values, shape: sides } = constantAt(context, 1, "weights");
  const [inputSize = 0, outputSize = 0] = sides;
  if (shape.length < 2 || sides.length !== 2 || shape.at(-1) !== inputSize || outputSize < 1) {
    misfit(context, shape, sides);
  }
  context.emit(
    {
      kind: "dense",
      inputs: [context.tensor(0)],
      rows: countOf(shape.slice(0, -1)),
      inputSize,
      outputSize,
      weight: transpose(values, inputSize, outputSize),
      bias: new Float64Array(outputSize),
    },
    [...shape.slice(0, -1), outputSize],
  );
}

function misfit(context: NodeContext, shape: readonly number[], sides: readonly number[]): never {
  return refuse(
    context,
    `multiplies ${shape.join(" × ") || "a scalar"} by weights of ${sides.join(" × ") || "no dimension"}: use rows of vectors times one matrix.`,
  );
}

function transpose(values: Float64Array, rows: number, columns: number): Float64Array {
  const turned = new Float64Array(values.length);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) turned[x * rows + y] = values[y * columns + x] ?? 0;
  }
  return turned;
}
