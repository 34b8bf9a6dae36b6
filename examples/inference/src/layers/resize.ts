import type { Planes, Tap } from "../graph/graph.ts";
import { constantAt, type NodeContext, refuse } from "./nodeContext.ts";
import { planesOf } from "./window.ts";

/** Before, coordinates were not chosen, and there was no region of interest. */
const COORDINATES_OPSET = 11;
const MAX_SIDE = 1 << 14;

/** From a coordinate of the result to one of the image, in 32-bit floats, as onnxruntime computes it. */
type Transform = (x: number, scale: number, sizes: { from: number; to: number }) => number;

const f32 = Math.fround;
const halfPixel: Transform = (x, scale) => f32(f32(f32(x + 0.5) / scale) - 0.5);

const TRANSFORMS: Readonly<Record<string, Transform>> = {
  half_pixel: halfPixel,
  pytorch_half_pixel: (x, scale, sizes) => (sizes.to > 1 ? halfPixel(x, scale, sizes) : 0),
  asymmetric: (x, scale) => f32(x / scale),
  align_corners: (x, _, { from, to }) => (to === 1 ? 0 : f32(f32(x * (from - 1)) / (to - 1))),
};

const NEAREST: Readonly<Record<string, (x: number) => number>> = {
  round_prefer_floor: (x) => Math.ceil(x - 0.5),
  round_prefer_ceil: (x) => Math.floor(x + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};

export function resize(context: NodeContext): void {
  const from = planesOf(context, context.input(0));
  const tapOf = readTaps(context);
  const [rows, columns] = readSizes(context, from);
  const coordinates = context.attributes.text("coordinate_transformation_mode", "");
  if (coordinates === "align_corners" && !(rows.isWhole && columns.isWhole)) {
    // The standard aligns corners of a size that is no whole number, and onnxruntime those of the image.
    refuse(
      context,
      "aligns corners by scales that give no whole size: export the model with sizes.",
    );
  }
  const taps = ({ to, scale }: Side, size: number) =>
    Array.from({ length: to }, (_, x) => tapOf(x, scale, { from: size, to }));
  context.emit(
    {
      kind: "resize",
      inputs: [context.tensor(0)],
      from,
      rowTaps: taps(rows, from.rows),
      columnTaps: taps(columns, from.columns),
    },
    [1, from.channels, rows.to, columns.to],
  );
}

type TapOf = (x: number, scale: number, sizes: { from: number; to: number }) => Tap;

function readTaps(context: NodeContext): TapOf {
  const { attributes, opset } = context;
  const isOld = opset < COORDINATES_OPSET;
  const one = <T>(what: string, text: string, table: Readonly<Record<string, T>>): T => {
    const found = Object.hasOwn(table, text) ? table[text] : undefined;
    if (found !== undefined) return found;
    return refuse(
      context,
      `has ${what} ${text}, which is not supported: use ${Object.keys(table).join(", ")}.`,
    );
  };
  const mode = attributes.text("mode", "nearest");
  const coordinates = attributes.text(
    "coordinate_transformation_mode",
    isOld ? "asymmetric" : "half_pixel",
  );
  const transform = one("coordinate_transformation_mode", coordinates, TRANSFORMS);
  const rounding = attributes.text("nearest_mode", isOld ? "floor" : "round_prefer_floor");
  const round = one("nearest_mode", rounding, NEAREST);
  if (attributes.int("antialias", 0) !== 0) {
    refuse(context, "has antialias, which is not supported: export the model without it.");
  }
  attributes.ignore("cubic_coeff_a", "exclude_outside", "extrapolation_value");
  const kinds: Readonly<Record<string, TapOf>> = {
    nearest(x, scale, sizes) {
      const nearest = within(round(transform(x, scale, sizes)), sizes.from);
      return { first: nearest, second: nearest, weight: 0 };
    },
    linear(x, scale, sizes) {
      const place = within(transform(x, scale, sizes), sizes.from);
      const first = Math.floor(place);
      return { first, second: within(first + 1, sizes.from), weight: place - first };
    },
  };
  return one("mode", mode, kinds);
}

const within = (place: number, size: number): number => Math.min(Math.max(place, 0), size - 1);

interface Side {
  to: number;
  scale: number;
  /** Whether the scale gives that size, and no part more. */
  isWhole: boolean;
}

function readSizes(context: NodeContext, from: Planes): [Side, Side] {
  const { attributes, opset } = context;
  if (attributes.text("keep_aspect_ratio_policy", "stretch") !== "stretch") {
    refuse(context, "has a keep_aspect_ratio_policy: export the model with fixed sizes.");
  }
  const axes = attributes.ints("axes", [0, 1, 2, 3]).map((axis) => (axis < 0 ? axis + 4 : axis));
  const scalesAt = opset < COORDINATES_OPSET ? 1 : 2;
  const isGiven = (index: number) => (context.optional(index)?.shape[0] ?? 0) > 0;
  const bySize = !isGiven(scalesAt) && isGiven(3);
  const given = [
    ...(bySize ? constantAt(context, 3, "sizes") : constantAt(context, scalesAt, "scales")).values,
  ];
  const old = [1, from.channels, from.rows, from.columns];
  const sides = old.map((size, axis): Side => {
    const value = given[axes.indexOf(axis)];
    if (value === undefined) return { to: size, scale: 1, isWhole: true };
    if (bySize) return { to: value, scale: f32(value / size), isWhole: true };
    const to = f32(size * value);
    return { to: Math.floor(to), scale: value, isWhole: Number.isInteger(to) };
  });
  const [batch, channels, rows, columns] = sides;
  const isImage = batch?.to === 1 && channels?.to === from.channels && given.length === axes.length;
  const isSize = (side: Side | undefined): side is Side =>
    side !== undefined && Number.isSafeInteger(side.to) && side.to >= 1 && side.to <= MAX_SIDE;
  if (isImage && isSize(rows) && isSize(columns)) return [rows, columns];
  return refuse(
    context,
    `resizes to ${sides.map(({ to }) => to).join(" × ")}, and rows and columns from 1 to ${MAX_SIDE} are supported: export the model with those.`,
  );
}
