import { at } from "../graph/tensors.ts";
import type { QuantisedGraph } from "../quantise/quantise.ts";
import type { QuantisedLayer, QuantisedTap } from "../quantise/quantisedLayer.ts";
import { type MemoryPlan, planMemory } from "./planMemory.ts";
import { paddedSize, tapBytes } from "./scratch.ts";

const CODES = {
  conv: 1,
  dense: 2,
  max: 3,
  average: 4,
  add: 5,
  multiply: 6,
  map: 7,
  softmax: 8,
  resize: 9,
  concat: 10,
} as const satisfies Record<QuantisedLayer["kind"], number>;

/** A model as bytes that `assembly/main.ts` carries out. */
export interface ModelImage {
  bytes: Uint8Array;
  arenaBytes: number;
  /** Of one image. */
  inputBytes: number;
  resultBytes: number;
}

/**
 * Lays a model out: words (i32, little-endian), then weights and tables. The words are: bytes of an input and of a result, of the arena,
 * number of steps, the input's place, number of outputs, their places and sizes, and for each step its code, length in bytes and operands.
 * @param outputs - tensors that make up the result, in this order.
 */
export function modelImage(model: QuantisedGraph, outputs: readonly number[]): ModelImage {
  const { graph, layers } = model;
  const plan = planMemory(model, outputs);
  const data = new DataSection();
  // Offsets in the data are known once the words are; each step is laid out twice, the first time for its length.
  const steps = () => layers.map((layer, step) => [layer, operands(layer, step)] as const);
  const place = (tensor: number): number => {
    const offset = plan.offsets[tensor];
    return offset ?? ~data.add(at(model.constants, tensor));
  };
  const operands = (layer: QuantisedLayer, step: number) =>
    operandsOf(layer, { place, data, plan, step });
  const sizeOf = (tensor: number) => at(graph.tensors, tensor).size;
  const resultBytes = outputs.reduce((sum, tensor) => sum + sizeOf(tensor), 0);
  const words = () => [
    ...[sizeOf(graph.input), resultBytes, plan.arenaBytes, layers.length],
    ...[place(graph.input), outputs.length],
    ...outputs.flatMap((tensor) => [place(tensor), sizeOf(tensor)]),
    ...steps().flatMap(([{ kind }, list]) => [CODES[kind], 4 * (list.length + 2), ...list]),
  ];
  data.start(words().length * 4);
  const laidOut = Int32Array.from(words());
  const bytes = new Uint8Array(data.end);
  const view = new DataView(bytes.buffer);
  for (const [i, word] of laidOut.entries()) view.setInt32(i * 4, word, true);
  data.write(bytes);
  return { bytes, arenaBytes: plan.arenaBytes, inputBytes: sizeOf(graph.input), resultBytes };
}

type Numbers = Int8Array | Int32Array;

/** What stands behind the words. The same array is there once. */
class DataSection {
  end = 0;
  readonly #offsets = new Map<Numbers, number>();

  /** Forgets what was added, and begins at `offset`. */
  start(offset: number): void {
    this.end = offset;
    this.#offsets.clear();
  }

  add(numbers: Numbers | undefined): number {
    if (numbers === undefined) throw new RangeError("a tensor has neither a place nor values");
    const known = this.#offsets.get(numbers);
    if (known !== undefined) return known;
    const offset = this.end;
    this.#offsets.set(numbers, offset);
    this.end += Math.ceil(numbers.byteLength / 4) * 4;
    return offset;
  }

  write(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer);
    for (const [numbers, offset] of this.#offsets) {
      const isWide = numbers instanceof Int32Array;
      numbers.forEach((value, i) => {
        if (isWide) view.setInt32(offset + i * 4, value, true);
        else view.setInt8(offset + i, value);
      });
    }
  }
}

interface Places {
  place: (tensor: number) => number;
  data: DataSection;
  plan: MemoryPlan;
  step: number;
}

function operandsOf(layer: QuantisedLayer, { place, data, plan, step }: Places): number[] {
  const inputs = layer.inputs.map(place);
  const output = place(layer.output);
  switch (layer.kind) {
    case "conv": {
      const { from, to, groups, kernel, strides, dilations, pads, zeroIn, zeroOut } = layer;
      const scratch = at(plan.scratch, step);
      const { weight, bias, multiplier, shift } = layer;
      return [
        ...[...inputs, output, from.channels, from.rows, from.columns],
        ...[to.channels, to.rows, to.columns, groups, ...kernel, ...strides, ...dilations],
        ...[pads[0], pads[1], zeroIn],
        ...[paddedSize(layer) === undefined ? -1 : scratch + tapBytes(layer), scratch],
        ...[weight, bias, multiplier, shift].map((numbers) => data.add(numbers)),
        zeroOut,
      ];
    }
    case "dense": {
      const { rows, inputSize, outputSize, zeroOut, weight, bias, multiplier, shift } = layer;
      return [
        ...[...inputs, output, rows, inputSize, outputSize, zeroOut],
        ...[weight, bias, multiplier, shift].map((numbers) => data.add(numbers)),
      ];
    }
    case "max":
    case "average": {
      const { from, to, kernel, strides, dilations, pads } = layer;
      const window = [
        ...[...inputs, output, from.channels, from.rows, from.columns, to.rows, to.columns],
        ...[...kernel, ...strides, ...dilations, pads[0], pads[1]],
      ];
      if (layer.kind === "max") return window;
      return [...window, layer.zeroIn, layer.zeroOut, data.add(layer.multipliers), layer.shift];
    }
    case "add":
    case "multiply": {
      const { dims, strides, zeros, zeroOut, multipliers, shift } = layer;
      return [
        ...[...inputs, output, ...dims, ...strides.flat()],
        ...[...zeros, zeroOut, ...multipliers, shift],
      ];
    }
    case "map":
      return [...inputs, output, layer.size, data.add(layer.table)];
    case "softmax":
      return [...inputs, output, layer.outer, layer.count, layer.inner, data.add(layer.table)];
    case "resize": {
      const { from, rowTaps, columnTaps } = layer;
      return [
        ...[...inputs, output, from.channels, from.rows, from.columns],
        ...[rowTaps.length, columnTaps.length],
        ...[rowTaps, columnTaps].map((taps) => data.add(tapWords(taps))),
      ];
    }
    case "concat": {
      const { outer, pieces, tables } = layer;
      return [
        ...[output, outer, pieces.length],
        ...inputs.flatMap((input, i) => [input, at(pieces, i), data.add(at(tables, i))]),
      ];
    }
  }
}

const tapWords = (taps: readonly QuantisedTap[]): Int32Array =>
  Int32Array.from(taps.flatMap(({ first, second, weight }) => [first, second, weight]));
