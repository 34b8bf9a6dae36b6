/** How a window moves over rows and columns. Pairs are rows first; `pads` are top, left, bottom and right. */
export interface Window {
  kernel: readonly [number, number];
  strides: readonly [number, number];
  dilations: readonly [number, number];
  pads: readonly [number, number, number, number];
}

/** Channels × rows × columns of an image; the batch is 1. */
export interface Planes {
  channels: number;
  rows: number;
  columns: number;
}

interface Common {
  /** The node in words: `Conv "features.0"`. */
  name: string;
  /** Tensors by their index in {@link Graph.tensors}. */
  inputs: readonly number[];
  output: number;
  /** Whether values below 0 become 0: a Relu that {@link fold} has put into the layer. */
  isRectified?: boolean;
}

/** Two-dimensional convolution. `weight` is output channels × (input channels / groups) × kernel rows × kernel columns. */
export interface ConvLayer extends Common, Window {
  kind: "conv";
  from: Planes;
  to: Planes;
  groups: number;
  weight: Float64Array;
  bias: Float64Array;
}

/** `rows` vectors of `inputSize` values, each times a matrix. `weight` is `outputSize` × `inputSize`. */
export interface DenseLayer extends Common {
  kind: "dense";
  rows: number;
  inputSize: number;
  outputSize: number;
  weight: Float64Array;
  bias: Float64Array;
}

/** y = scale · x + shift, by channel, of outer × channels × inner values. It is folded into what comes before, or becomes a convolution. */
export interface AffineLayer extends Common {
  kind: "affine";
  outer: number;
  channels: number;
  inner: number;
  scale: Float64Array;
  shift: Float64Array;
}

export interface PoolLayer extends Common, Window {
  kind: "max" | "average";
  from: Planes;
  to: Planes;
  /** Whether an average counts the padding as zeros. */
  countsPadding: boolean;
}

/** Sum or product of two tensors; `dims` are the result's, four of them, and strides are 0 where an input is repeated. */
export interface BinaryLayer extends Common {
  kind: "add" | "multiply";
  dims: readonly number[];
  strides: readonly [readonly number[], readonly number[]];
}

/** A function of each value by itself. `alpha` is LeakyRelu's slope for negative values. */
export interface MapLayer extends Common {
  kind: "map";
  size: number;
  function: "relu" | "leakyRelu" | "sigmoid";
  alpha: number;
}

/** Over the middle of outer × count × inner values. */
export interface SoftmaxLayer extends Common {
  kind: "softmax";
  outer: number;
  count: number;
  inner: number;
}

/** Where a row or column of a resized image comes from: (1 − weight) · value[first] + weight · value[second]. */
export interface Tap {
  first: number;
  second: number;
  /** From 0 to 1. */
  weight: number;
}

export interface ResizeLayer extends Common {
  kind: "resize";
  from: Planes;
  rowTaps: readonly Tap[];
  columnTaps: readonly Tap[];
}

/** For each of `outer` blocks, one piece of each input after the other; `pieces` are their sizes in values. */
export interface ConcatLayer extends Common {
  kind: "concat";
  outer: number;
  pieces: readonly number[];
}

export type Layer =
  | ConvLayer
  | DenseLayer
  | AffineLayer
  | PoolLayer
  | BinaryLayer
  | MapLayer
  | SoftmaxLayer
  | ResizeLayer
  | ConcatLayer;

/** Values in row-major order. Views with another shape, like those that Flatten gives, are the same tensor. */
export interface Tensor {
  name: string;
  size: number;
  /** Undefined for what a layer computes and for the input. */
  constant: Float64Array | undefined;
}

/** A model whose shapes are all known. Layers stand in an order in which they can be computed. */
export interface Graph {
  tensors: readonly Tensor[];
  layers: readonly Layer[];
  input: number;
  inputShape: readonly number[];
  outputs: readonly { tensor: number; name: string; shape: readonly number[] }[];
}
