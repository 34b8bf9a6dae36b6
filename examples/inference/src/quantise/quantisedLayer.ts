import type { Planes, Window } from "../graph/graph.ts";

interface Common {
  name: string;
  inputs: readonly number[];
  output: number;
}

/** Weights of a channel, and what its sums are multiplied by: the rounded multiplier / 2^shift, halves up. */
interface Channels {
  zeroOut: number;
  weight: Int8Array;
  /** With the input's zero worked in: bias − zero · Σ weights. */
  bias: Int32Array;
  multiplier: Int32Array;
  shift: Int32Array;
}

export interface QuantisedConv extends Common, Window, Channels {
  kind: "conv";
  from: Planes;
  to: Planes;
  groups: number;
  /** What padding holds. */
  zeroIn: number;
}

export interface QuantisedDense extends Common, Channels {
  kind: "dense";
  rows: number;
  inputSize: number;
  outputSize: number;
}

export interface QuantisedMax extends Common, Window {
  kind: "max";
  from: Planes;
  to: Planes;
}

export interface QuantisedAverage extends Common, Window {
  kind: "average";
  from: Planes;
  to: Planes;
  zeroIn: number;
  zeroOut: number;
  countsPadding: boolean;
  /** For a window that has i + 1 pixels in the image. */
  multipliers: Int32Array;
  shift: number;
}

export interface QuantisedBinary extends Common {
  kind: "add" | "multiply";
  dims: readonly number[];
  strides: readonly [readonly number[], readonly number[]];
  zeros: readonly [number, number];
  zeroOut: number;
  /** Of each summand; of a product, the first counts. */
  multipliers: readonly [number, number];
  shift: number;
}

export interface QuantisedMap extends Common {
  kind: "map";
  size: number;
  /** The result for each input from −128 to 127. */
  table: Int8Array;
}

export interface QuantisedSoftmax extends Common {
  kind: "softmax";
  outer: number;
  count: number;
  inner: number;
  /** e to the power of −i steps, times 2²³. */
  table: Int32Array;
}

export interface QuantisedTap {
  first: number;
  second: number;
  /** Of `second`, from 0 to 2,048. */
  weight: number;
}

export interface QuantisedResize extends Common {
  kind: "resize";
  from: Planes;
  rowTaps: readonly QuantisedTap[];
  columnTaps: readonly QuantisedTap[];
}

export interface QuantisedConcat extends Common {
  kind: "concat";
  outer: number;
  pieces: readonly number[];
  /** For each input, the result for each value from −128 to 127. */
  tables: readonly Int8Array[];
}

/** What the program computes, in integers alone. `quantise.ts` says how. */
export type QuantisedLayer =
  | QuantisedConv
  | QuantisedDense
  | QuantisedMax
  | QuantisedAverage
  | QuantisedBinary
  | QuantisedMap
  | QuantisedSoftmax
  | QuantisedResize
  | QuantisedConcat;
