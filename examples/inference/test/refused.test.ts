import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { longTest } from "../../../test/fixtures/long.ts";
import { uniformStream } from "../../shared/src/random/uniform.ts";
import { fold } from "../src/graph/fold.ts";
import { buildGraph } from "../src/layers/buildGraph.ts";
import { ModelError } from "../src/onnx/modelError.ts";
import { readModel } from "../src/onnx/readModel.ts";
import { type ModelSpec, writeModel } from "../src/onnx/writeModel.ts";
import { quantise } from "../src/quantise/quantise.ts";

const open = (bytes: Uint8Array, shape?: readonly number[]) =>
  fold(buildGraph(readModel(bytes, shape)));

const node = (op: string, rest: Partial<ModelSpec["nodes"][number]> = {}) => ({
  op,
  inputs: ["x"],
  output: "y",
  ...rest,
});
const image: ModelSpec = { shape: [1, 3, 8, 8], nodes: [node("Relu")] };
const weights = (dims: readonly number[], fill = 1) => ({
  dims,
  values: new Float32Array(dims.reduce((a, b) => a * b, 1)).fill(fill),
});
const conv = (rest: Partial<ModelSpec> = {}, attributes = {}): ModelSpec => ({
  ...image,
  constants: { w: weights([4, 3, 3, 3]) },
  nodes: [node("Conv", { inputs: ["x", "w"], attributes })],
  ...rest,
});

type Change = Parameters<typeof writeModel>[1];

const CASES: readonly [what: string, spec: ModelSpec, says: RegExp, change?: Change][] = [
  [
    "an operator that is missing",
    { ...image, nodes: [node("Gelu")] },
    /^Gelu "y": the operator Gelu is not supported\. There are Add, /,
  ],
  [
    "a name of every object's",
    { ...image, nodes: [node("constructor")] },
    /the operator constructor is not supported/,
  ],
  [
    "another domain",
    image,
    /of the domain com\.microsoft: export/,
    (m) => {
      for (const n of m.graph.node) n.domain = "com.microsoft";
    },
  ],
  [
    "an attribute that is missing",
    { ...image, nodes: [node("Relu", { attributes: { beta: 1 } })] },
    /^Relu "y" has an attribute beta, which is not supported/,
  ],
  ["an attribute of another type", conv({}, { group: [1] }), /attribute group that is not int/],
  [
    "a graph in an attribute",
    { ...image, nodes: [node("Conv", { inputs: ["x", "x"] })] },
    /^Conv "y" computes its weights: export/,
  ],
  [
    "half precision",
    conv(),
    /initializer "w" is float16, and has to be float/,
    (m) => {
      for (const t of m.graph.initializer) t.dataType = 10;
    },
  ],
  [
    "a type that nobody knows",
    conv(),
    /is type 99, and has to be float/,
    (m) => {
      for (const t of m.graph.initializer) t.dataType = 99;
    },
  ],
  [
    "an input of bytes",
    image,
    /The input "x" is uint8, and has to be float/,
    (m) => {
      for (const i of m.graph.input) i.type.tensorType.elemType = 2;
    },
  ],
  [
    "weights elsewhere",
    conv(),
    /lies in another file: save the model with its weights inside/,
    (m) => {
      for (const t of m.graph.initializer) t.dataLocation = 1;
    },
  ],
  [
    "weights that were cut",
    conv(),
    /4 × 3 × 3 × 3 and has 107 values: the file was cut short/,
    (m) => {
      for (const t of m.graph.initializer) t.rawData = t.rawData.slice(4);
    },
  ],
  [
    "a byte too many",
    conv(),
    /has 109 values/,
    (m) => {
      for (const t of m.graph.initializer) t.rawData = new Uint8Array(433);
    },
  ],
  [
    "sizes beyond all memory",
    conv(),
    /at most 67108864 values: use a smaller model/,
    (m) => {
      for (const t of m.graph.initializer) t.dims = [2 ** 40, 2 ** 10];
    },
  ],
  [
    "a size below zero",
    conv(),
    /initializer "w" is -4 × -27, and a tensor has at most/,
    (m) => {
      for (const t of m.graph.initializer) t.dims = [-4, -27];
    },
  ],
  [
    "NaN",
    conv({ constants: { w: weights([4, 3, 3, 3], Number.NaN) } }),
    /NaN or infinite: train or export/,
  ],
  [
    "infinity",
    conv({ constants: { w: weights([4, 3, 3, 3], Number.POSITIVE_INFINITY) } }),
    /NaN or infinite/,
  ],
  [
    "an old opset",
    { ...image, opset: 6 },
    /opset is 6: export it again with an opset from 7 to 25/,
  ],
  ["an opset to come", { ...image, opset: 99 }, /opset is 99: export/],
  [
    "no opset",
    image,
    /opset is not given/,
    (m) => {
      m.opsetImport = [];
    },
  ],
  [
    "an open shape",
    { ...image, shape: [null, 3, null, null] },
    /of open shape n × 3 × n × n: fix it with --shape/,
  ],
  [
    "a batch",
    { ...image, shape: [8, 3, 8, 8] },
    /is 8 × 3 × 8 × 8: export the model for a batch of one/,
  ],
  [
    "a circle",
    {
      ...image,
      nodes: [node("Add", { inputs: ["x", "z"] }), node("Relu", { inputs: ["y"], output: "z" })],
    },
    /^Add "y" uses "z", which no earlier node gives: the graph has a circle/,
  ],
  [
    "a tensor given twice",
    { ...image, nodes: [node("Relu"), node("Sigmoid")] },
    /gives "y", which is empty or given twice/,
  ],
  [
    "two inputs",
    image,
    /has 2 inputs, and a task has one/,
    (m) => {
      m.graph.input.push({ ...m.graph.input[0], name: "z" } as never);
    },
  ],
  [
    "an output that is not there",
    { ...image, outputs: ["nothing"] },
    /The output "nothing" is nothing that the graph computes/,
  ],
  [
    "a window larger than the image",
    conv({ shape: [1, 3, 2, 2] }),
    /has a window of 3 × 3 over 2 × 2/,
  ],
  ["groups that do not divide", conv({}, { group: 3 }), /in 3 groups for 3 channels/],
  ["no groups", conv({}, { group: 0 }), /in 0 groups/],
  ["a stride of nothing", conv({}, { strides: [0, 1] }), /has strides 0, 1/],
  ["a stride of one dimension", conv({}, { strides: [1] }), /has strides 1, and two from 1/],
  ["padding without end", conv({}, { pads: [2 ** 30, 0, 0, 0] }), /has pads 1073741824/],
  [
    "work without end",
    conv({ shape: [1, 3, 8_000, 8_000], constants: { w: weights([64, 3, 7, 7]) } }),
    /values: use smaller images|billion multiplications/,
  ],
  [
    "training",
    {
      ...image,
      constants: { c: weights([3]) },
      nodes: [
        node("BatchNormalization", {
          inputs: ["x", "c", "c", "c", "c"],
          attributes: { training_mode: 1 },
        }),
      ],
    },
    /is in training mode/,
  ],
  [
    "a variance below zero",
    {
      ...image,
      constants: { c: weights([3]), v: weights([3], -1) },
      nodes: [node("BatchNormalization", { inputs: ["x", "c", "c", "c", "v"] })],
    },
    /variance that is not positive/,
  ],
  [
    "cubes",
    {
      ...image,
      constants: { s: weights([4]) },
      nodes: [node("Resize", { inputs: ["x", "", "s"], attributes: { mode: "cubic" } })],
    },
    /has mode cubic, which is not supported: use nearest, linear/,
  ],
  [
    "a result of no size",
    {
      ...image,
      constants: { s: weights([4], 0) },
      nodes: [node("Resize", { inputs: ["x", "", "s"] })],
    },
    /resizes to 0 × 0 × 0 × 0/,
  ],
  [
    "a shape that does not fit",
    {
      ...image,
      constants: { s: { dims: [2], values: [1, 7], integer: true } },
      nodes: [node("Reshape", { inputs: ["x", "s"] })],
    },
    /makes 1 × 7 of 1 × 3 × 8 × 8/,
  ],
  [
    "division by zero",
    { ...image, constants: { c: weights([], 0) }, nodes: [node("Div", { inputs: ["x", "c"] })] },
    /divides by 0/,
  ],
  [
    "two computed factors",
    { ...image, nodes: [node("MatMul", { inputs: ["x", "x"] })] },
    /does not multiply what is computed by constant weights/,
  ],
  [
    "a pool of padding",
    {
      ...image,
      nodes: [node("MaxPool", { attributes: { kernel_shape: [2, 2], pads: [3, 0, 0, 0] } })],
    },
    /windows that lie in the padding alone/,
  ],
  [
    "no nodes",
    image,
    /has no graph: it is no ONNX model/,
    (m) => {
      m.graph.node = [];
    },
  ],
];

describe("refuses by name, in one line that says what to do", () => {
  test.each(CASES)("%s", (_, spec, says, change) => {
    const bytes = writeModel(spec, change);
    expect(() => open(bytes)).toThrow(ModelError);
    expect(() => open(bytes)).toThrow(says);
    expect(() => open(bytes)).toThrow(/^[^\n]{20,400}$/);
  });

  test("takes a shape for one that is open, and no other than the file's", () => {
    const bytes = writeModel({ ...image, shape: [null, 3, null, null] });
    expect(open(bytes, [1, 3, 4, 5]).outputs[0]?.shape).toEqual([1, 3, 4, 5]);
    expect(() => open(bytes, [1, 4, 4, 5])).toThrow(
      /dimension 2 of the input "x" as 4, and the model as 3/,
    );
    expect(() => open(bytes, [3, 4, 5])).toThrow(/has 3 dimensions and the input "x" has 4/);
  });

  test("an open batch is a batch of one", () => {
    expect(open(writeModel({ ...image, shape: [null, 3, 8, 8] })).inputShape).toEqual([1, 3, 8, 8]);
  });

  test("sums that could exceed 32 bits", () => {
    const size = 140_000;
    const graph = open(
      writeModel({
        shape: [1, size],
        constants: { w: weights([size, 1]) },
        nodes: [node("MatMul", { inputs: ["x", "w"] })],
      }),
    );
    expect(() => quantise(graph, { samples: [new Float64Array(size).fill(1)] })).toThrow(
      /^MatMul "y" sums up 140000 products, which can exceed 32 bits/,
    );
  });

  test("samples that overflow", () => {
    const graph = open(writeModel({ ...image, nodes: [node("Mul", { inputs: ["x", "x"] })] }));
    expect(() => quantise(graph, { samples: [new Float64Array(192).fill(1e200)] })).toThrow(
      /^The tensor "y" overflows for a sample/,
    );
    expect(() => quantise(graph, { samples: [] })).toThrow(/There are no samples/);
  });
});

const SEED = Number(process.env.TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** Damages the classifier in one way or two, and expects a graph, or one line. */
async function damage(times: number): Promise<void> {
  const whole = await readFile(new URL("../models/digits.onnx", import.meta.url));
  const random = uniformStream(SEED);
  const upTo = (most: number) => Math.floor(random.next() * most);
  let refused = 0;
  for (let i = 0; i < times; i++) {
    let bytes = Uint8Array.from(whole);
    if (upTo(4) === 0) bytes = bytes.slice(0, upTo(bytes.length));
    // The fields stand at the front and at the end; weights are most of the file.
    for (let left = upTo(4); left >= 0; left--) {
      const place = upTo(2) === 0 ? upTo(bytes.length) : bytes.length - 1 - upTo(900);
      bytes[Math.max(place, 0)] = upTo(2) === 0 ? upTo(256) : (bytes[place] ?? 0) ^ (1 << upTo(8));
    }
    try {
      open(bytes);
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      expect(error.message).toMatch(/^[^\n]{20,600}$/);
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(times / 10);
}

test(`500 damaged files (TEST_SEED=${SEED})`, () => damage(500));
longTest(`100,000 damaged files (TEST_SEED=${SEED})`, () => damage(100_000));
