import { countOf, MAX_DIMENSIONS } from "../onnx/tensor.ts";
import { axisAttribute, axisOf } from "./axis.ts";
import { constantAt, type NodeContext, refuse } from "./nodeContext.ts";

// What leaves all values in their order gives the same tensor in another shape.

export function identity(context: NodeContext): void {
  context.alias(context.input(0));
}

export function dropout(context: NodeContext): void {
  if (context.optional(2)?.constant?.values.some((value) => value !== 0) ?? false) {
    refuse(context, "is in training mode: export the model for inference (model.eval()).");
  }
  context.attributes.ignore("ratio", "seed", "is_test");
  identity(context);
}

export function flatten(context: NodeContext): void {
  const { shape } = context.input(0);
  const axis = axisAttribute(context, shape.length, 1, { end: true });
  reshapeTo(context, [countOf(shape.slice(0, axis)), countOf(shape.slice(axis))]);
}

export function reshape(context: NodeContext): void {
  const { shape } = context.input(0);
  const { values, isInteger } = constantAt(context, 1, "shape");
  checkDimensions(context, values.length);
  const keepsZero = context.attributes.int("allowzero", 0) === 0;
  const sizes = [...values].map((size, axis) =>
    size === 0 && keepsZero ? (shape[axis] ?? 0) : size,
  );
  const known = countOf(sizes.filter((size) => size !== -1));
  const open = sizes.filter((size) => size === -1).length;
  const whole = sizes.map((size) => (size === -1 ? countOf(shape) / known : size));
  if (!isInteger || open > 1)
    refuse(context, `has shape ${sizes.join(", ")}: export the model again.`);
  reshapeTo(context, whole);
}

export function squeeze(context: NodeContext): void {
  const { shape } = context.input(0);
  const ones = shape.flatMap((size, axis) => (size === 1 ? [axis] : []));
  const gone = readAxes(context, shape.length) ?? ones;
  if (!gone.every((axis) => shape[axis] === 1)) {
    refuse(
      context,
      `squeezes ${shape.join(" × ")} along ${gone.join(", ")}: export the model again.`,
    );
  }
  reshapeTo(
    context,
    shape.filter((_, axis) => !gone.includes(axis)),
  );
}

export function unsqueeze(context: NodeContext): void {
  const { shape } = context.input(0);
  const count = context.attributes.has("axes")
    ? context.attributes.ints("axes", []).length
    : constantAt(context, 1, "axes").values.length;
  const rank = shape.length + count;
  checkDimensions(context, rank);
  const added = readAxes(context, rank) ?? [];
  const rest = [...shape];
  reshapeTo(
    context,
    Array.from({ length: rank }, (_, axis) => (added.includes(axis) ? 1 : (rest.shift() ?? 0))),
  );
}

function checkDimensions(context: NodeContext, count: number): void {
  if (count <= MAX_DIMENSIONS) return;
  refuse(
    context,
    `makes a tensor of ${count} dimensions, and there are at most ${MAX_DIMENSIONS}: export the model again.`,
  );
}

function readAxes(context: NodeContext, rank: number): number[] | undefined {
  const given = context.attributes.has("axes")
    ? context.attributes.ints("axes", [])
    : context.optional(1) && [...constantAt(context, 1, "axes").values];
  return given?.map((axis) => axisOf(context, axis, rank));
}

export function constant(context: NodeContext): void {
  const { attributes } = context;
  const tensor = attributes.tensor("value");
  const floats = attributes.ints("value_ints", []);
  const data =
    tensor ??
    (attributes.has("value_int")
      ? { shape: [], isInteger: true, values: Float64Array.of(attributes.int("value_int", 0)) }
      : attributes.has("value_float")
        ? {
            shape: [],
            isInteger: false,
            values: Float64Array.of(attributes.float("value_float", 0)),
          }
        : attributes.has("value_ints")
          ? { shape: [floats.length], isInteger: true, values: Float64Array.from(floats) }
          : refuse(context, "has no value that is supported: export it as a dense tensor."));
  context.alias({ id: undefined, shape: data.shape, constant: data });
}

function reshapeTo(context: NodeContext, shape: readonly number[]): void {
  const value = context.input(0);
  const isWhole = shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (!isWhole || countOf(shape) !== countOf(value.shape)) {
    refuse(
      context,
      `makes ${shape.join(" × ")} of ${value.shape.join(" × ")}: export the model again.`,
    );
  }
  context.alias({ ...value, shape, constant: value.constant && { ...value.constant, shape } });
}
