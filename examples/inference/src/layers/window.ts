import type { Planes, Window } from "../graph/graph.ts";
import { type NodeContext, refuse, type Value } from "./nodeContext.ts";

type Pair = readonly [number, number];

/** Most of rows, columns, strides and pads. A number beyond is a damaged file or an attack. */
const MAX_SIDE = 1 << 16;
const MAX_KERNEL = 1 << 12;

/** The planes of an image. */
export function planesOf(context: NodeContext, { shape }: Value): Planes {
  const [batch, channels, rows, columns] = shape;
  if (
    shape.length === 4 &&
    batch === 1 &&
    channels !== undefined &&
    rows !== undefined &&
    columns !== undefined &&
    Math.max(rows, columns) <= MAX_SIDE
  ) {
    return { channels, rows, columns };
  }
  return refuse(
    context,
    `takes ${shape.join(" × ") || "a scalar"}, and only 1 × channels × rows × columns is supported, of at most ${MAX_SIDE} rows and columns: export the model for images, with a batch of one.`,
  );
}

function pair(
  context: NodeContext,
  what: string,
  values: readonly number[],
  most = MAX_SIDE,
): Pair {
  const [rows, columns] = values;
  if (
    values.length === 2 &&
    rows !== undefined &&
    columns !== undefined &&
    values.every((value) => Number.isSafeInteger(value) && value >= 1 && value <= most)
  ) {
    return [rows, columns];
  }
  return refuse(
    context,
    `has ${what} ${values.join(", ") || "none"}, and two from 1 to ${most} are supported: use two-dimensional layers.`,
  );
}

/** Reads the attributes that convolutions and pools share, and what they make of an image's size. */
export function readWindow(
  context: NodeContext,
  from: Planes,
  kernel: readonly number[],
): Window & { rows: number; columns: number } {
  const { attributes } = context;
  const sides = pair(context, "kernel_shape", kernel, MAX_KERNEL);
  const strides = pair(context, "strides", attributes.ints("strides", [1, 1]));
  const dilations = pair(context, "dilations", attributes.ints("dilations", [1, 1]));
  const pads = readPads(context, from, { kernel: sides, strides, dilations });
  const ceil = attributes.int("ceil_mode", 0) !== 0;
  const length = (axis: 0 | 1, size: number) => {
    const padded = size + pads[axis] + pads[axis + 2 === 2 ? 2 : 3];
    const steps = (padded - dilations[axis] * (sides[axis] - 1) - 1) / strides[axis];
    let count = (ceil ? Math.ceil(steps) : Math.floor(steps)) + 1;
    // A window that ceil_mode adds begins inside the image or its padding before it.
    if (ceil && (count - 1) * strides[axis] >= size + pads[axis]) count--;
    return count;
  };
  const rows = length(0, from.rows);
  const columns = length(1, from.columns);
  if (rows >= 1 && columns >= 1) return { kernel: sides, strides, dilations, pads, rows, columns };
  return refuse(
    context,
    `has a window of ${sides.join(" × ")} over ${from.rows} × ${from.columns}: use larger images.`,
  );
}

function readPads(
  context: NodeContext,
  from: Planes,
  { kernel, strides, dilations }: Omit<Window, "pads">,
): Window["pads"] {
  const { attributes } = context;
  const auto = attributes.text("auto_pad", "NOTSET");
  const given = attributes.ints("pads", [0, 0, 0, 0]);
  if (auto === "NOTSET") {
    const [top, left, bottom, right] = given;
    if (
      given.length === 4 &&
      top !== undefined &&
      left !== undefined &&
      bottom !== undefined &&
      right !== undefined &&
      given.every((pad) => Number.isSafeInteger(pad) && pad >= 0 && pad <= MAX_SIDE)
    ) {
      return [top, left, bottom, right];
    }
    return refuse(
      context,
      `has pads ${given.join(", ")}, and four from 0 to ${MAX_SIDE} are supported: use two-dimensional layers without negative pads.`,
    );
  }
  if (auto === "VALID") return [0, 0, 0, 0];
  if (auto !== "SAME_UPPER" && auto !== "SAME_LOWER") {
    return refuse(context, `has auto_pad ${auto}: export the model with explicit pads.`);
  }
  const missing = (axis: 0 | 1, size: number) => {
    const count = Math.ceil(size / strides[axis]);
    return Math.max(
      0,
      (count - 1) * strides[axis] + dilations[axis] * (kernel[axis] - 1) + 1 - size,
    );
  };
  const [rows, columns] = [missing(0, from.rows), missing(1, from.columns)];
  const less = (pad: number) => (auto === "SAME_UPPER" ? Math.floor(pad / 2) : Math.ceil(pad / 2));
  return [less(rows), less(columns), rows - less(rows), columns - less(columns)];
}
