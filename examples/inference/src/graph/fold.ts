import { oneLine } from "../../../shared/src/commandLine/oneLine.ts";
import type { AffineLayer, ConvLayer, DenseLayer, Graph, Layer } from "./graph.ts";
import { channelBytes, checkModelBytes } from "./room.ts";
import { at } from "./tensors.ts";

/**
 * The same function in fewer layers: what scales and shifts channels (BatchNormalization, and sums and products with constants) goes into the
 * weights of the layer before, or becomes a convolution of one pixel; a Relu becomes a part of the layer before. A tensor that others need too
 * stays as it is.
 */
export function fold(graph: Graph): Graph {
  const uses = new Map<number, number>();
  const use = (tensor: number) => uses.set(tensor, (uses.get(tensor) ?? 0) + 1);
  for (const { inputs } of graph.layers) inputs.forEach(use);
  for (const { tensor } of graph.outputs) use(tensor);

  const made = new Map<number, Layer>();
  for (const layer of graph.layers) {
    const [source = -1] = layer.inputs;
    const before = uses.get(source) === 1 ? made.get(source) : undefined;
    const folded = before && foldInto(before, layer);
    if (folded === undefined) made.set(layer.output, layer);
    else {
      made.delete(source);
      made.set(layer.output, folded);
    }
  }
  let bytes = 0;
  const layers = [...made.values()].map((layer) => {
    if (layer.kind !== "affine") return layer;
    const channels = layer.outer * layer.channels;
    bytes += channelBytes(channels, channels);
    checkModelBytes(bytes);
    return asConvolution(layer);
  });
  return { ...graph, layers };
}

/** Layers whose results are rounded anyway, so that cutting off what is negative takes nothing more. */
const TAKES_RELU: ReadonlySet<Layer["kind"]> = new Set([
  "conv",
  "dense",
  "affine",
  "add",
  "multiply",
]);

function foldInto(before: Layer, layer: Layer): Layer | undefined {
  if (before.isRectified) return undefined;
  if (layer.kind === "affine") return foldAffine(before, layer);
  if (layer.kind !== "map" || layer.function !== "relu") return undefined;
  if (!TAKES_RELU.has(before.kind)) return undefined;
  const { output, name } = layer;
  return { ...before, output, name: joined(before, name), isRectified: true };
}

/** A layer's name is as long as those of the nodes in it, up to a line. */
const MAX_NAME = 200;
const joined = ({ name }: Layer, more: string) => oneLine(`${name}, ${more}`, MAX_NAME);

function foldAffine(before: Layer, affine: AffineLayer): Layer | undefined {
  const { output, channels, inner, outer, scale, shift } = affine;
  const name = joined(before, affine.name);
  const isWhole = channels === 1;
  const c = (channel: number) => (isWhole ? 0 : channel);
  const weights = ({ weight, bias }: ConvLayer | DenseLayer) => {
    const each = weight.length / bias.length;
    return {
      weight: weight.map((value, i) => value * at(scale, c(Math.floor(i / each)))),
      bias: bias.map((value, i) => value * at(scale, c(i)) + at(shift, c(i))),
    };
  };
  if (before.kind === "conv") {
    const { to } = before;
    const fits = channels === to.channels && inner === to.rows * to.columns;
    return isWhole || fits ? { ...before, ...weights(before), name, output } : undefined;
  }
  if (before.kind === "dense") {
    const fits = channels === before.outputSize && inner === 1 && outer === before.rows;
    return isWhole || fits ? { ...before, ...weights(before), name, output } : undefined;
  }
  if (before.kind !== "affine") return undefined;
  const isSame = channels === before.channels && inner === before.inner && outer === before.outer;
  if (!isWhole && !isSame) return undefined;
  return {
    ...before,
    name,
    output,
    scale: before.scale.map((value, i) => value * at(scale, c(i))),
    shift: before.shift.map((value, i) => value * at(scale, c(i)) + at(shift, c(i))),
  };
}

/** Each channel by itself: as many groups as channels, and a kernel of one pixel. */
function asConvolution(affine: AffineLayer): ConvLayer {
  const { name, inputs, output, outer, inner, scale, shift, isRectified = false } = affine;
  const channels = outer * affine.channels;
  const planes = { channels, rows: 1, columns: inner };
  const repeated = (values: Float64Array) =>
    Float64Array.from({ length: channels }, (_, i) => at(values, i % affine.channels));
  return {
    kind: "conv",
    name,
    inputs,
    output,
    isRectified,
    kernel: [1, 1],
    strides: [1, 1],
    dilations: [1, 1],
    pads: [0, 0, 0, 0],
    from: planes,
    to: planes,
    groups: channels,
    weight: repeated(scale),
    bias: repeated(shift),
  };
}
