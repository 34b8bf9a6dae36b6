import type { MapLayer } from "../graph/graph.ts";
import { countOf, type TensorData } from "../onnx/tensor.ts";
import { constantAt, type NodeContext, refuse, type Value } from "./nodeContext.ts";

const MAX_RANK = 4;

export const add = (context: NodeContext) => binary(context, "add");
export const multiply = (context: NodeContext) => binary(context, "multiply");

/** A difference from a constant, or of one. */
export function subtract(context: NodeContext): void {
  const [left, right] = [context.input(0), context.input(1)];
  if (right.constant !== undefined) {
    affine(context, left, { shift: negated(right.constant) });
  } else if (left.constant !== undefined) {
    affine(context, right, { shift: left.constant, sign: -1 });
  } else refuse(context, "subtracts what is computed: only constants are supported.");
}

/** Division by a constant. */
export function divide(context: NodeContext): void {
  const { shape, values, isInteger } = constantAt(context, 1, "divisor");
  const inverse = values.map((value) => 1 / value);
  if (!inverse.every(Number.isFinite)) {
    refuse(context, "divides by 0: train or export the model again.");
  }
  affine(context, context.input(0), { scale: { shape, values: inverse, isInteger } });
}

const negated = ({ values, ...rest }: TensorData): TensorData => ({
  ...rest,
  values: values.map((value) => 0 - value),
});

function binary(context: NodeContext, kind: "add" | "multiply"): void {
  const [left, right] = [context.input(0), context.input(1)];
  const other = kind === "add" ? "shift" : "scale";
  if (right.constant !== undefined && isByChannel(left, right.constant)) {
    affine(context, left, { [other]: right.constant });
    return;
  }
  if (left.constant !== undefined && isByChannel(right, left.constant)) {
    affine(context, right, { [other]: left.constant });
    return;
  }
  const shape = broadcast(context, left, right);
  const dims = padded(shape);
  context.emit(
    {
      kind,
      inputs: [context.tensor(0), context.tensor(1)],
      dims,
      strides: [stridesIn(dims, left.shape), stridesIn(dims, right.shape)],
    },
    shape,
  );
}

/** The axis along which a constant that is repeated over `shape` changes; 0 for one value; −1 for more than one axis. */
function axisOf(shape: readonly number[], constant: readonly number[]): number {
  const sizes = [...Array(Math.max(0, shape.length - constant.length)).fill(1), ...constant];
  const axes = sizes.flatMap((size, axis) => (size === 1 ? [] : [axis]));
  if (axes.length === 0) return 0;
  const [axis = -1] = axes;
  return axes.length === 1 && sizes[axis] === shape[axis] ? axis : -1;
}

const isByChannel = ({ shape, constant }: Value, { shape: other }: TensorData): boolean =>
  constant === undefined && other.length <= shape.length && axisOf(shape, other) >= 0;

/** One layer y = scale · x + shift for a constant that changes along at most one axis. */
function affine(
  context: NodeContext,
  value: Value,
  { scale, shift, sign = 1 }: { scale?: TensorData; shift?: TensorData; sign?: number },
): void {
  const constant = scale ?? shift;
  const { shape } = value;
  const count = constant?.values.length ?? 1;
  const isLonger = (constant?.shape.length ?? 0) > shape.length;
  const axis = constant === undefined ? 0 : axisOf(shape, constant.shape);
  if (value.id === undefined || axis < 0 || isLonger) {
    refuse(
      context,
      "computes with a constant that changes along several axes: use one value a channel.",
    );
  }
  context.emit(
    {
      kind: "affine",
      inputs: [value.id],
      outer: count === 1 ? 1 : countOf(shape.slice(0, axis)),
      channels: count,
      inner: count === 1 ? countOf(shape) : countOf(shape.slice(axis + 1)),
      scale: scale?.values ?? new Float64Array(count).fill(sign),
      shift: shift?.values ?? new Float64Array(count),
    },
    shape,
  );
}

export function batchNormalization(context: NodeContext): void {
  const { attributes } = context;
  const epsilon = attributes.float("epsilon", 1e-5);
  if (attributes.int("training_mode", 0) !== 0 || attributes.int("spatial", 1) !== 1) {
    refuse(context, "is in training mode: export the model for inference (model.eval()).");
  }
  attributes.ignore("momentum", "is_test");
  const { shape } = context.input(0);
  const channels = shape[1] ?? 0;
  const [gamma, beta, mean, variance] = ["scale", "bias", "mean", "variance"].map((what, i) => {
    const { values } = constantAt(context, i + 1, what);
    if (values.length === channels && shape.length >= 2) return values;
    return refuse(
      context,
      `has ${values.length} of ${what} for ${channels} channels: export the model again.`,
    );
  }) as [Float64Array, Float64Array, Float64Array, Float64Array];
  const scale = gamma.map((value, c) => value / Math.sqrt((variance[c] ?? 0) + epsilon));
  if (!scale.every(Number.isFinite)) {
    refuse(context, "has a variance that is not positive: train or export the model again.");
  }
  context.emit(
    {
      kind: "affine",
      inputs: [context.tensor(0)],
      outer: 1,
      channels,
      inner: countOf(shape.slice(2)),
      scale,
      shift: beta.map((value, c) => value - (mean[c] ?? 0) * (scale[c] ?? 0)),
    },
    shape,
  );
}

export const relu = (context: NodeContext) => map(context, "relu", 0);
export const sigmoid = (context: NodeContext) => map(context, "sigmoid", 0);

export function leakyRelu(context: NodeContext): void {
  map(context, "leakyRelu", context.attributes.float("alpha", 0.01));
}

function map(context: NodeContext, name: MapLayer["function"], alpha: number): void {
  const { shape } = context.input(0);
  const size = countOf(shape);
  context.emit({ kind: "map", inputs: [context.tensor(0)], size, function: name, alpha }, shape);
}

function broadcast(context: NodeContext, left: Value, right: Value): number[] {
  const rank = Math.max(left.shape.length, right.shape.length);
  const shape = Array.from({ length: rank }, (_, axis) => {
    const a = left.shape[axis - rank + left.shape.length] ?? 1;
    const b = right.shape[axis - rank + right.shape.length] ?? 1;
    if (a === b || b === 1) return a;
    if (a === 1) return b;
    return refuse(
      context,
      `joins ${left.shape.join(" × ")} and ${right.shape.join(" × ")}: export the model again.`,
    );
  });
  if (rank <= MAX_RANK) return shape;
  return refuse(context, `has ${rank} dimensions, and at most ${MAX_RANK} are supported.`);
}

const padded = (shape: readonly number[]): number[] => [
  ...Array(MAX_RANK - shape.length).fill(1),
  ...shape,
];

function stridesIn(dims: readonly number[], shape: readonly number[]): number[] {
  const sizes = padded(shape);
  let step = 1;
  const strides = Array<number>(MAX_RANK).fill(0);
  for (let axis = MAX_RANK - 1; axis >= 0; axis--) {
    const size = sizes[axis] ?? 1;
    strides[axis] = size === 1 && dims[axis] !== 1 ? 0 : step;
    step *= size;
  }
  return strides;
}
